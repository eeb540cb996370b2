import { listPoints, type PointList, type RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf } from '../operands.ts';
import type { People } from '../people.ts';
import { amountText, numberText, proofShare, tableLines } from '../words.ts';

const STATES = { good: '', missing: 'snapshot is gone', failed: 'found wrong' } as const;

/** `points <backup>`: the recovery points of a chain, newest first. */
export const points: Command = {
  name: 'points',
  summary: 'List the recovery points, newest first.',
  operands: ['<backup>'],
  options: [CATALOGUE_OPTION],
  whenStopped: 'Nothing was changed.',
  async run({ args, azure, job, people, print }) {
    const backup = baseBlob(azure, args.operand(0), 'backup', 'points');
    const list = await listPoints({ backup, catalogue: catalogueOf(azure, backup, args.text('catalogue')) }, job);
    tell(people, list, backup.url);
    const unreadable = list.unreadable.map(({ number, error }) => ({ number, reason: error.message }));
    await print('result', { job: 'points', backup: backup.url, points: list.points.map(objectOf), unreadable, pruned: list.pruned });
    return EXIT.done;
  },
};

const HEAD = [' point', 'recovery point', 'kind', 'written', 'cleared', 'proof', 'disk as of', ''];

function tell(people: People, { points, unreadable, pruned }: PointList, url: string): void {
  const [newest] = points;
  if (newest) {
    people.line(`${amountText(points.length, 'recovery point')} of ${newest.entry.source.url} in ${url}, newest first:`);
    for (const line of tableLines([HEAD, ...points.map(rowOf)], [3, 4])) people.line(line);
  } else if (unreadable.length + pruned.length === 0) people.line(`${url} has no recovery points.`);
  for (const { number, error } of unreadable) {
    people.line(` ${numberText(number)}  record cannot be read. ${error.fullText}`, 'warning');
  }
  if (pruned.length > 0)
    people.line(`${amountText(pruned.length, 'earlier point was', 'earlier points were')} pruned: deleted, since no rule kept them.`);
}

function rowOf({ entry, state, isHeld }: RecoveryPoint): string[] {
  const { number, backup, kind, written, cleared, proof, source } = entry;
  return [
    ` ${numberText(number)}`,
    backup.snapshot,
    kind,
    sizeText(written),
    sizeText(cleared),
    proofShare(proof),
    source.snapshot,
    [STATES[state], isHeld ? 'held' : ''].filter(Boolean).join(', '),
  ];
}

function objectOf({ entry, state, isHeld = false }: RecoveryPoint): object {
  const { number, kind, parent, backup, source, written, cleared, transferred, transfer, proof, startedOn, committedOn } = entry;
  return {
    number,
    kind,
    parent,
    state,
    held: isHeld,
    recoveryPoint: backup.snapshot,
    sourceSnapshot: source.snapshot,
    source: source.url,
    length: source.length,
    written,
    cleared,
    transferred,
    transfer,
    proof,
    startedOn,
    committedOn,
  };
}
