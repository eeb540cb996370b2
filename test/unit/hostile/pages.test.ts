import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Uri, Webview } from 'vscode';
import { hostileText, RUNS } from '../../support/hostile.ts';
import { readRestoreAsk } from '../../../src/messages/restore.ts';
import { readFromPage } from '../../../src/messages/channel.ts';

await import('../../support/vscode/register.ts');
const { env, Uri: uris } = await import('vscode');
const { pageHtml } = await import('../../../src/extension/webview/pageHtml.ts');

const webview = {
  cspSource: 'https://*.vscode-cdn.net',
  asWebviewUri: (uri: Uri) => uri,
} as unknown as Webview;
const folder = uris.file('/ext');
const page = (title: string): string => pageHtml(webview, folder, 'restore', title);

function policyOf(html: string): Map<string, string> {
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  return new Map(policy.split(';').map((rule) => [rule.trim().split(' ', 1)[0]!, rule.trim().split(' ').slice(1).join(' ')]));
}

describe('the document of a page', () => {
  it('allows its own script and styles and nothing else, to load or to send', () => {
    const policy = policyOf(page('Restore'));
    assert.equal(policy.get('default-src'), "'none'");
    assert.match(policy.get('script-src') ?? '', /^'nonce-[A-Za-z\d+/]{24}'$/);
    assert.deepEqual([policy.get('base-uri'), policy.get('form-action')], ["'none'", "'none'"]);
    const allowed = [...policy.values()].join(' ');
    assert.doesNotMatch(allowed, /unsafe|\*(?!\.vscode-cdn\.net)|data:|blob:|http:|wasm/);
    for (const rule of ['connect-src', 'img-src', 'frame-src', 'object-src', 'worker-src']) assert.equal(policy.get(rule), undefined, rule);
  });

  it('has another nonce each time', () => {
    const nonces = new Set(Array.from({ length: 50 }, () => policyOf(page('x')).get('script-src')));
    assert.equal(nonces.size, 50);
  });

  it('has one script and one policy, whatever its title is', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (title, language) => {
        const before = env.language;
        Object.assign(env, { language });
        try {
          const html = page(title);
          const tags = [...html.matchAll(/<\s*([a-z]+)/gi)].map(([, tag]) => tag!.toLowerCase());
          assert.deepEqual(tags, ['html', 'head', 'meta', 'meta', 'meta', 'title', 'link', 'body', 'script']);
          assert.equal(policyOf(html).get('default-src'), "'none'");
          assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<title>'), 'the policy comes before anything else');
        } finally {
          Object.assign(env, { language: before });
        }
      }),
      RUNS,
    );
  });
});

describe('a message that is none of ours', () => {
  it('is dropped or taken for exactly what it says, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withNullPrototype: true }), fc.object()), (value) => {
        const asks = [value, { type: 'ask', id: 1, ask: value }, { type: 'ready', ask: value }];
        for (const ask of asks) readFromPage(ask, readRestoreAsk);
      }),
      RUNS,
    );
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});
