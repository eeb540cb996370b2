import { randomBytes } from 'node:crypto';
import { env, Uri, type Webview } from 'vscode';

/** Pages by the name of their bundle: `dist/webview/<name>.js` and `.css`. */
export type PageName = 'restore' | 'difference';

/** Where the bundles of the pages lie; the only folder that a page may read. */
export function pageFolder(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** SHA-256 of nothing: the toolkit makes an empty style element to see whether the browser knows `:focus-visible`. It allows no other. */
const EMPTY_STYLE = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/**
 * The document of a page. It holds nothing but its script and its styles: what it shows comes as messages, so no name from a storage account is
 * ever part of the markup. Nothing else may be loaded or run, nor anything sent anywhere.
 */
export function pageHtml(webview: Webview, extensionUri: Uri, name: PageName, title: string): string {
  const nonce = randomBytes(18).toString('base64');
  const file = (suffix: string): string => webview.asWebviewUri(Uri.joinPath(pageFolder(extensionUri), `${name}.${suffix}`)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} '${EMPTY_STYLE}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escaped(env.language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="${escaped(file('css'))}" />
  </head>
  <body>
    <script nonce="${nonce}" src="${escaped(file('js'))}"></script>
  </body>
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
