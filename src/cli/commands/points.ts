import { listPoints, type RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf } from '../operands.ts';
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
    if (list.length === 0) people.line(`${backup.url} has no recovery points.`);
    else {
      people.line(`${amountText(list.length, 'recovery point')} of ${list[0]!.entry.source.url} in ${backup.url}, newest first:`);
      for (const line of tableLines([HEAD, ...list.map(rowOf)], [3, 4])) people.line(line);
    }
    await print('result', { job: 'points', backup: backup.url, points: list.map(objectOf) });
    return EXIT.done;
  },
};

const HEAD = [' point', 'recovery point', 'kind', 'written', 'cleared', 'proof', 'disk as of', ''];

function rowOf({ entry, state }: RecoveryPoint): string[] {
  const { number, backup, kind, written, cleared, proof, source } = entry;
  return [
    ` ${numberText(number)}`,
    backup.snapshot,
    kind,
    sizeText(written),
    sizeText(cleared),
    proofShare(proof),
    source.snapshot,
    STATES[state],
  ];
}

function objectOf({ entry, state }: RecoveryPoint): object {
  const { number, kind, parent, backup, source, written, cleared, transferred, transfer, proof, startedOn, committedOn } = entry;
  return {
    number,
    kind,
    parent,
    state,
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
