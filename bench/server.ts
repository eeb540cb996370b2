/** Run by bench/ground.ts in a process of its own, so that the emulator's work is not counted as anybody's. Answers messages. */
import { startEmulator } from '../test/support/emulator/emulator.ts';
import { reached, shape, type Reached, type Shape } from '../test/support/shaping/shape.ts';

/** What the bench asks: `counts` since the last `reset`; `shape` puts limits before the emulator, or takes them off; `reached` tells how they were used. */
export type Ask =
  | { readonly ask: 'reset' }
  | { readonly ask: 'counts' }
  | { readonly ask: 'shape'; readonly shape: Shape | undefined }
  | { readonly ask: 'reached'; readonly blobs: readonly (string | null)[]; readonly bytes: number; readonly requests: number };

export interface Traffic {
  readonly requests: number;
  /** Bytes of pages that were written, by whatever way. */
  readonly written: number;
  readonly read: number;
}

export type Told = { readonly counts?: Traffic; readonly reached?: readonly Reached[] };

const emulator = await startEmulator();
let shaped: ReturnType<typeof shape> | undefined;

process.on('message', (asked: Ask) => process.send!(answer(asked)));
process.on('disconnect', () => process.exit());
process.send!({ connections: emulator.accounts.map(({ name }) => emulator.connectionString(name)) });

function answer(asked: Ask): Told {
  switch (asked.ask) {
    case 'reset':
      emulator.resetCounts();
      return {};
    case 'counts': {
      const { requests, pages } = emulator.counts;
      return { counts: { requests, written: pages.put + pages.putFromUrl, read: pages.read } };
    }
    case 'shape':
      shaped?.remove();
      shaped = asked.shape && shape(emulator, asked.shape);
      return {};
    case 'reached':
      return { reached: asked.blobs.map((blob) => reached(shaped!.seen, asked, 2000, blob ?? undefined)) };
  }
}
