import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { DifferenceAsk } from '../../../src/messages/difference.ts';
import { launchBrowser } from '../workbench/browser/launch.ts';
import { root } from '../workbench/folders.ts';
import type { Asked, HostOrder } from './spec.ts';
import { THEME } from './theme.ts';

const NONCE = 'differencePage';

/** The difference page as it is built, in a plain browser; its host is a worker (`host.ts`). */
export class DifferenceStage implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #stack: AsyncDisposableStack;
  readonly #url: string;

  private constructor(browser: Browser, url: string, stack: AsyncDisposableStack) {
    this.#browser = browser;
    this.#url = url;
    this.#stack = stack;
  }

  static async open(): Promise<DifferenceStage> {
    await using stack = new AsyncDisposableStack();
    const files = await bundles();
    const server = createServer(({ url = '/' }, response) => {
      const file = files.get(url.slice(1)) ?? { type: 'text/html', text: DOCUMENT };
      response.writeHead(200, { 'content-type': `${file.type}; charset=utf-8` }).end(file.text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stack.defer(() => void server.close());
    const browser = await launchBrowser();
    stack.defer(() => browser.close());
    const { port } = server.address() as AddressInfo;
    return new DifferenceStage(browser, `http://127.0.0.1:${port}/`, stack.move());
  }

  /** A page that has loaded and knows nothing yet. */
  async page({ width = 1000, height = 700, ratio = 1 } = {}): Promise<DifferencePage> {
    const context = await this.#browser.newContext({ viewport: { width, height }, deviceScaleFactor: ratio, locale: 'en-US' });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
    await page.goto(this.#url);
    return { page, problems, order: (order) => send(page, order), asked: () => asked(page), close: () => context.close() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

export interface DifferencePage {
  readonly page: Page;
  /** Errors of the page, what its policy refused included. */
  readonly problems: readonly string[];
  readonly order: (order: HostOrder) => Promise<void>;
  /** What the page has asked for, cells and rows left out. */
  readonly asked: () => Promise<readonly DifferenceAsk[]>;
  readonly close: () => Promise<void>;
}

async function send(page: Page, order: HostOrder): Promise<void> {
  await page.evaluate(`tell(${JSON.stringify(order)})`);
}

async function asked(page: Page): Promise<readonly DifferenceAsk[]> {
  return (await page.evaluate<Asked>('whatWasAsked()')).asked;
}

/** What VS Code gives to a page, on the worker; the policy is that of `pageHtml`, and the worker. */
const DOCUMENT = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; worker-src 'self'; base-uri 'none'; form-action 'none'" />
    <title>Difference</title>
    <link rel="stylesheet" href="theme.css" />
    <link rel="stylesheet" href="difference.css" />
  </head>
  <body class="vscode-dark">
    <script nonce="${NONCE}">
      const host = new Worker('host.js');
      const waiting = [];
      function tell(order) { host.postMessage(order); }
      function whatWasAsked() { return new Promise((resolve) => { waiting.push(resolve); tell({ type: 'asked' }); }); }
      host.onmessage = ({ data }) => {
        if (data.type === 'asked') waiting.shift()(data);
        else {
          if (data.type === 'view') performance.mark('view');
          window.postMessage(data, '*');
        }
      };
      function acquireVsCodeApi() {
        return { postMessage: (message) => tell({ type: 'page', message }), getState: () => JSON.parse(sessionStorage.getItem('kept') ?? 'null') ?? undefined, setState: (state) => sessionStorage.setItem('kept', JSON.stringify(state)) };
      }
    </script>
    <script nonce="${NONCE}" src="difference.js"></script>
  </body>
</html>`;

interface File {
  readonly type: string;
  readonly text: string;
}

async function bundles(): Promise<ReadonlyMap<string, File>> {
  const common = { bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2024', minify: true } as const;
  const built = await Promise.all(
    [
      ['webview/difference/main.ts', 'difference.js'],
      ['test/support/differencePage/host.ts', 'host.js'],
    ].map(([entry, out]) => build({ ...common, entryPoints: [join(root, entry!)], outfile: out! })),
  );
  const files = new Map<string, File>([['theme.css', { type: 'text/css', text: THEME }]]);
  for (const { path, text } of built.flatMap(({ outputFiles }) => outputFiles)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    files.set(name, { type: name.endsWith('.css') ? 'text/css' : 'text/javascript', text });
  }
  return files;
}
