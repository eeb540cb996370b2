import type { Catalogue } from '../../chain/catalogue.ts';
import { timedId, timeIn } from '../../chain/recordNames.ts';
import { timeText, type Tools } from '../../tools.ts';

/** One's turn to verify a chain by a timer: others who have the same timer leave the chain alone meanwhile. */
export interface Turn {
  /** Gives it back: the verification came to no end. Never throws. */
  readonly leave: () => Promise<void>;
}

/**
 * Takes the turn by a record, unless somebody has it: a verification changes no blob, so there is no lease to tell. Nobody is harmed where two come to
 * verify at once; it would only cost twice. A process that dies keeps its turn for `patience` milliseconds.
 * @returns undefined where another one has it @throws what keeps the record from being written
 */
export async function takeTurn(
  catalogue: Catalogue,
  number: number,
  patience: number,
  { world, signal }: Tools,
): Promise<Turn | undefined> {
  const now = world.now();
  const holders = async (): Promise<readonly string[]> => {
    const { verifying } = await catalogue.index(signal);
    // A time that is far ahead was written by a wrong clock.
    return verifying.filter((id) => Math.abs(now - Date.parse(timeIn(id).time ?? '')) < patience);
  };
  if ((await holders()).length > 0) return undefined;
  const startedOn = timeText(world);
  const id = timedId(startedOn, world.uuid());
  await catalogue.addNote(number, 'verifying', id, { format: 1, number, startedOn }, signal);
  const leave = async (): Promise<void> => {
    // Also after the run was told to stop: nobody else need wait then.
    await catalogue.addNote(number, 'left', id, { format: 1, number, leftOn: timeText(world) }).catch(() => undefined);
  };
  // Two may have looked at once: whoever came first has it.
  const [first] = [...(await holders())].sort();
  if (first === id) return { leave };
  await leave();
  return undefined;
}
