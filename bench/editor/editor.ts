import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { buildExtension } from '../../test/support/extension/build.ts';
import type { Workbench } from '../../test/support/workbench/pages/workbench.ts';
import type { Settings } from '../../test/support/workbench/server/settings.ts';
import { startWorkbench } from '../../test/support/workbench/startWorkbench.ts';
import { until } from '../../test/support/workbench/until.ts';

const SAMPLER = join(import.meta.dirname, 'sampler');
const EXTENSION = 'page-blob-backup.page-blob-backup';

/** Of the extension host, measured by itself. */
export interface Sample {
  readonly seconds: number;
  readonly cpu: number;
  readonly peakMemory: number;
  /** Milliseconds: `perf_hooks.monitorEventLoopDelay`, which looks every millisecond. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly longest: number };
  /** Milliseconds that 99 of 100 messages wait at most, whenever they come. */
  readonly wait: number;
  /** Part of the time in which the event loop was at work, 0 to 1. */
  readonly busy: number;
}

interface Host {
  readonly socket: Socket;
  readonly lines: Interface;
}

interface Told {
  readonly answer?: unknown;
  readonly problem?: string;
}

/** A real VS Code with the extension as it ships, and in the same extension host what measures that process. */
export class Editor implements AsyncDisposable {
  readonly workbench: Workbench;
  /** The youngest first: each window that is loaded has an extension host of its own. */
  readonly #hosts: readonly Host[];
  readonly #stack: AsyncDisposableStack;

  private constructor(workbench: Workbench, hosts: readonly Host[], stack: AsyncDisposableStack) {
    this.workbench = workbench;
    this.#hosts = hosts;
    this.#stack = stack;
  }

  static async start(settings: Settings): Promise<Editor> {
    await using stack = new AsyncDisposableStack();
    const built = stack.use(await buildExtension());
    const hosts: Host[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      hosts.unshift({ socket, lines: createInterface({ input: socket }) });
    });
    stack.defer(() => void server.close());
    stack.defer(() => hosts.forEach(({ socket }) => socket.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const env = { PBB_SAMPLER_PORT: String(port) };
    const running = stack.use(await startWorkbench({ extension: built.folder, besides: [SAMPLER], settings, env }));
    const editor = new Editor(await running.openPage(), hosts, stack.move());
    await editor.#ready(1);
    return editor;
  }

  /** Loads the window anew, so that the extension starts in an extension host of its own; ready when it has. */
  async reload(): Promise<void> {
    const hosts = this.#hosts.length;
    await this.workbench.reload();
    await this.#ready(hosts + 1);
  }

  /** Runs a command of VS Code to its end. */
  async run(command: string, ...args: unknown[]): Promise<void> {
    await this.#ask('run', command, ...args);
  }

  /** Measures the extension host while something goes on. */
  async sampled(work: () => Promise<void>): Promise<Sample> {
    await this.#ask('start');
    await work();
    return (await this.#ask('stop')) as Sample;
  }

  /** Milliseconds that VS Code says it took to read the extension and to start it. */
  async activation(): Promise<number> {
    await this.workbench.runCommand('Developer: Show Running Extensions');
    const row = this.workbench.page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Page Blob Backup' });
    const time = await until('the time of activation', async () => /Activation: (\d+)ms/.exec((await row.allInnerTexts()).join('\n'))?.[1]);
    return Number(time);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #ready(hosts: number): Promise<void> {
    await until('an extension host', () => this.#hosts.length >= hosts);
    await until('the extension', async () => (await this.#ask('isActive', EXTENSION)) as boolean);
  }

  async #ask(ask: string, ...args: unknown[]): Promise<unknown> {
    const { socket, lines } = this.#hosts[0]!;
    const told = once(lines, 'line');
    socket.write(`${JSON.stringify({ ask, args })}\n`);
    const { answer, problem } = JSON.parse(((await told) as [string])[0]) as Told;
    if (problem !== undefined) throw new Error(`The extension host could not ${ask}: ${problem}`);
    return answer;
  }
}
