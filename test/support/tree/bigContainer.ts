import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startEmulator } from '../emulator/emulator.ts';

/** How much is put into the container `vhds`. */
export interface BigContainerSize {
  readonly blobs: number;
  readonly snapshotsEach: number;
  /** So many blobs, from the first on, have snapshots that name a backup blob. */
  readonly marked: number;
}

/** The emulator in a thread of its own, so that its work is not taken for that of the program under test. */
export interface BigContainer {
  readonly endpoint: string;
  readonly connectionString: string;
  /** Requests by operation since the start or the last call. */
  counts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

const ACCOUNT = 'devstoreaccount1';
const AT_ONCE = 32;

export async function startBigContainer(size: BigContainerSize): Promise<BigContainer> {
  const worker = new Worker(new URL(import.meta.url), { workerData: size });
  const [started] = (await once(worker, 'message')) as [Pick<BigContainer, 'endpoint' | 'connectionString'>];
  return {
    ...started,
    async counts() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage('counts');
      const [counts] = (await once(worker, 'message')) as [Record<string, number>];
      return counts;
    },
    close: async () => void (await worker.terminate()),
  };
}

/** Name of the blob at this place in the container. */
export function bigBlobName(at: number): string {
  return `disk-${String(at).padStart(5, '0')}.vhd`;
}

async function fill({ blobs, snapshotsEach, marked }: BigContainerSize): Promise<void> {
  const emulator = await startEmulator();
  const endpoint = emulator.blobEndpoint(ACCOUNT);
  const sas = emulator.sas(ACCOUNT, { permissions: 'racwdl', expiresOn: new Date(Date.now() + 3_600_000) });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const put = async (path: string, headers: Record<string, string>): Promise<void> => {
    const sent = request(`${endpoint}/vhds${path}${path.includes('?') ? '&' : '?'}${sas}`, {
      method: 'PUT',
      agent,
      headers: { 'x-ms-version': '2024-11-04', 'content-length': '0', ...headers },
    });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    if (answer.statusCode !== 201) throw new Error(`${path}: ${answer.statusCode} ${String(answer.headers['x-ms-error-code'])}`);
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const tell = (message: object): void => parentPort!.postMessage(message);
  await put('?restype=container', {});
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < blobs; at = next++) {
      const name = `/${bigBlobName(at)}`;
      await put(name, { 'x-ms-blob-type': 'PageBlob', 'x-ms-blob-content-length': '1099511627776' });
      const marks: Record<string, string> =
        at < marked ? { 'x-ms-meta-pbb_run': 'r', 'x-ms-meta-pbb_backup': `${endpoint}/backups/${bigBlobName(at)}` } : {};
      for (let i = 0; i < snapshotsEach; i++) await put(`${name}?comp=snapshot`, marks);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  agent.destroy();
  emulator.resetCounts();
  parentPort!.on('message', () => {
    tell({ ...emulator.counts.byOperation });
    emulator.resetCounts();
  });
  tell({ endpoint, connectionString: emulator.connectionString(ACCOUNT) });
}

if (!isMainThread) await fill(workerData as BigContainerSize);
