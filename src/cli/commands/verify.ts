import { parseAccountUrl } from '../../azure/blobAddress.ts';
import { BackupError, isBackupError } from '../../engine/errors.ts';
import { resultOf } from '../../engine/events.ts';
import type { PointsRequest } from '../../engine/jobs/points/points.ts';
import { runVerify, type VerifyRequest } from '../../engine/jobs/verify/verify.ts';
import type { PageBlob } from '../../engine/pageBlob.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import { usageError } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitStatus } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf, isUrl } from '../operands.ts';
import { amountText } from '../words.ts';
import { PROOF_OPTION } from './options.ts';
import { verifyAll } from './verifyAll.ts';
import { MEND, RECORD_FIRST, TAKE_ANOTHER, tellPoint } from './verifyText.ts';

/** `verify <backup>`: proves recovery points, with `--all` those of every chain there; one that fails gives status 7. */
export const verify: Command = {
  name: 'verify',
  summary: 'Prove recovery points: structure, and content while the source snapshot exists.',
  operands: ['<backup>'],
  options: [
    { name: 'source', value: 'url', text: 'The source blob; default: the URL in the catalogue. Needed where that URL needs a SAS.' },
    { ...PROOF_OPTION, text: 'How much is read: default changed, which here means every page of the point.' },
    { name: 'point', value: 'number', least: 1, text: 'Only the recovery point with this number.' },
    { name: 'all', text: 'Every chain in the account, container or folder that <backup> is the URL of.' },
    { name: 'parallel', value: 'n', least: 1, text: 'With --all: chains at once (4).' },
    CATALOGUE_OPTION,
  ],
  notes: [
    'With --all and --json there is one object of type "chain" for each chain: its points with what was compared; the result has the totals. A chain that',
    'fails does not stop the others; the exit status is 7 if any point failed, otherwise the worst of what happened.',
    'What was found is added to the catalogue, if it may be written to: a point that differs from its source is never a base for the next one.',
  ],
  unharmed: 'No blob was changed.',
  whenStopped: 'No blob was changed.',
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { args, azure, job, people, hear, print } = context;
  if (args.flag('all')) return verifyAll(context);
  if (args.flag('parallel')) throw usageError('--parallel goes with --all.', 'verify');
  const backup = blobIn(context);
  const chain: PointsRequest = { backup, catalogue: catalogueOf(azure, backup, args.text('catalogue')) };
  const named = args.text('source');
  people.draw(' preparing  Reading the catalogue.');
  const request: VerifyRequest = {
    ...chain,
    source: named === undefined ? (url) => azure.pageBlob(url) : baseBlob(azure, named, 'source', 'verify'),
    proof: args.choice('proof', PROOF_LEVELS),
    number: args.number('point'),
  };
  const result = await resultOf(runVerify(request, job), hear);
  for (const verdict of result.verdicts) tellPoint(people, verdict);
  const { failed, verdicts, unrecorded, newestFailed } = result;
  const structure = verdicts.filter(({ verdict }) => verdict === 'structure').length;
  if (failed > 0) {
    const next = unrecorded ? 'the next backup does not know of it' : 'the next backup builds on no point that failed';
    people.line(`${amountText(failed, 'recovery point')} of ${verdicts.length} failed. The others are unharmed; ${next}.`, 'error');
    people.line(unrecorded ? RECORD_FIRST : newestFailed ? MEND : TAKE_ANOTHER, 'error');
  } else if (structure > 0) {
    people.line(
      `No fault was found. Of ${amountText(structure, 'point')} no content was read: the source snapshot is gone, or cannot be read.`,
    );
  } else people.line('No fault was found.');
  await print('result', { ...result, requests: context.requests() });
  return failed > 0 ? EXIT.integrity : EXIT.done;
}

/** @throws badInput */
function blobIn({ args, azure }: CommandContext): PageBlob {
  const text = args.operand(0);
  try {
    return baseBlob(azure, text, 'backup', 'verify');
  } catch (error) {
    if (!isBackupError(error, 'badInput') || !isPlace(text)) throw error;
    throw new BackupError('badInput', error.message, { hint: 'To verify every chain of an account or a container, add --all.' });
  }
}

/** Is it the URL of an account or a container? */
function isPlace(text: string): boolean {
  return isUrl(text) && parseAccountUrl(text).address.blob === '';
}
