import { badgeOfPoint, listPoints, type PointList, type RecoveryPoint } from '../../engine/jobs/points/points.ts';
import type { Evidence } from '../../engine/proof/evidence.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf } from '../operands.ts';
import type { People } from '../people.ts';
import { amountText, badgeText, numberText, tableLines } from '../words.ts';

const STATES = { missing: 'snapshot is gone', failed: 'found wrong' } as const;

/** `points <backup>`: the recovery points of a chain, newest first. */
export const points: Command = {
  name: 'points',
  summary: 'List the recovery points, newest first.',
  operands: ['<backup>'],
  options: [CATALOGUE_OPTION],
  unharmed: 'Nothing was changed.',
  whenStopped: 'Nothing was changed.',
  async run({ args, azure, job, people, print }) {
    const backup = baseBlob(azure, args.operand(0), 'backup', 'points');
    const list = await listPoints({ backup, catalogue: catalogueOf(azure, backup, args.text('catalogue')) }, { ...job, proofs: true });
    tell(people, list, backup.url, job.world.now());
    const unreadable = list.unreadable.map(({ number, error }) => ({ number, reason: error.message }));
    await print('result', { job: 'points', backup: backup.url, points: list.points.map(objectOf), unreadable, pruned: list.pruned });
    return EXIT.done;
  },
};

const HEAD = [' point', 'recovery point', 'kind', 'written', 'cleared', 'disk as of', 'proof'];

function tell(people: People, { points, unreadable, pruned }: PointList, url: string, now: number): void {
  const [newest] = points;
  if (newest) {
    people.line(`${amountText(points.length, 'recovery point')} of ${newest.entry.source.url} in ${url}, newest first:`);
    for (const line of tableLines([HEAD, ...points.map((point) => rowOf(point, now))], [3, 4])) people.line(line);
  } else if (unreadable.length + pruned.length === 0) people.line(`${url} has no recovery points.`);
  for (const { number, error } of unreadable) {
    people.line(` ${numberText(number)}  record cannot be read. ${error.fullText}`, 'warning');
  }
  if (pruned.length > 0)
    people.line(`${amountText(pruned.length, 'earlier point was', 'earlier points were')} pruned: deleted, since no rule kept them.`);
}

function rowOf(point: RecoveryPoint, now: number): string[] {
  const { state, isHeld } = point;
  const { number, backup, kind, written, cleared, source } = point.entry;
  const trust = state === 'good' ? badgeText(badgeOfPoint(point), now) : STATES[state];
  return [
    ` ${numberText(number)}`,
    backup.snapshot,
    kind,
    sizeText(written),
    sizeText(cleared),
    source.snapshot,
    isHeld ? `${trust} · held` : trust,
  ];
}

function objectOf(point: RecoveryPoint): object {
  const { entry, state, isHeld = false } = point;
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
    evidence: state === 'good' ? evidenceOf(point) : [],
    startedOn,
    committedOn,
  };
}

/** Comparisons that found no difference, the one that says most first; never to be added up. */
function evidenceOf(point: RecoveryPoint): readonly Evidence[] {
  const { best, besides } = badgeOfPoint(point);
  return besides ? [best, besides] : [best];
}
