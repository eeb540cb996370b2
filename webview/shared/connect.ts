import type { ToPage } from '../../src/messages/channel.ts';

/** What VS Code gives to every page, once. `State` is kept while the page is hidden and over a reload of the window. */
interface VsCodeApi<State> {
  postMessage(message: unknown): void;
  getState(): State | undefined;
  setState(state: State): void;
}
declare function acquireVsCodeApi<State>(): VsCodeApi<State>;

/** What one page and the extension talk about. */
export interface Talk {
  readonly view: unknown;
  readonly ask: unknown;
  readonly answer: unknown;
  /** What the page itself keeps, such as where it was scrolled to. */
  readonly kept: unknown;
}

export interface Connection<T extends Talk> {
  /** Resolves with the one answer; rejects with an Error whose message is for people. */
  ask(ask: T['ask']): Promise<T['answer']>;
  getKept(): T['kept'] | undefined;
  keep(kept: T['kept']): void;
}

/** The page's end of the line to the extension. `show` is called with everything there is to see, whenever that changes. */
export function connect<T extends Talk>(show: (view: T['view']) => void): Connection<T> {
  const api = acquireVsCodeApi<T['kept']>();
  const waiting = new Map<number, PromiseWithResolvers<T['answer']>>();
  let asked = 0;
  window.addEventListener('message', ({ data }: MessageEvent<ToPage<T['view'], T['answer']>>) => {
    switch (data.type) {
      case 'view':
        show(data.view);
        break;
      case 'answer':
        waiting.get(data.id)?.resolve(data.answer);
        waiting.delete(data.id);
        break;
      case 'refused':
        waiting.get(data.id)?.reject(new Error(data.text));
        waiting.delete(data.id);
        break;
    }
  });
  api.postMessage({ type: 'ready' });
  return {
    ask(ask) {
      const id = ++asked;
      const promise = Promise.withResolvers<T['answer']>();
      waiting.set(id, promise);
      api.postMessage({ type: 'ask', id, ask });
      return promise.promise;
    },
    getKept: () => api.getState(),
    keep: (kept) => api.setState(kept),
  };
}
