import { resultOf } from '../../engine/events.ts';
import { listPoints, type PointsRequest } from '../../engine/jobs/points/points.ts';
import { runVerify, type PointVerdict, type VerifyRequest } from '../../engine/jobs/verify/verify.ts';
import type { PageBlob } from '../../engine/pageBlob.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitStatus } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf } from '../operands.ts';
import type { People } from '../people.ts';
import { amountText, numberText, proofText } from '../words.ts';
import { PROOF_OPTION } from './options.ts';

/** `verify <backup>`: proves recovery points; one that fails gives status 7. */
export const verify: Command = {
  name: 'verify',
  summary: 'Prove recovery points: structure, and content while the source snapshot exists.',
  operands: ['<backup>'],
  options: [
    { name: 'source', value: 'url', text: 'The source blob; default: the URL in the catalogue. Needed where that URL needs a SAS.' },
    { ...PROOF_OPTION, text: 'How much is read: default changed, which here means every page of the point.' },
    { name: 'point', value: 'number', least: 1, text: 'Only the recovery point with this number.' },
    CATALOGUE_OPTION,
  ],
  notes: [
    'What was found is added to the catalogue, if it may be written to: a point that differs from its source is never a base for the next one.',
  ],
  whenStopped: 'No blob was changed.',
  run,
};

const MEND =
  'What to do: run the backup. It compares the whole disk with the backup, writes what differs, and makes a right point. Restore none that failed.';
const RECORD_FIRST =
  'What to do: run verify again with a sign-in that may write to the catalogue, then the backup: it compares the whole disk and makes a right point. Restore none that failed.';

async function run(context: CommandContext): Promise<ExitStatus> {
  const { args, azure, job, people, hear, print } = context;
  const backup = baseBlob(azure, args.operand(0), 'backup', 'verify');
  const chain: PointsRequest = { backup, catalogue: catalogueOf(azure, backup, args.text('catalogue')) };
  const request: VerifyRequest = {
    ...chain,
    source: await sourceOf(chain, context),
    proof: args.choice('proof', PROOF_LEVELS),
    number: args.number('point'),
  };
  const result = await resultOf(runVerify(request, job), hear);
  for (const verdict of result.verdicts) tell(people, verdict);
  const { failed, verdicts, unrecorded } = result;
  const structure = verdicts.filter(({ verdict }) => verdict === 'structure').length;
  if (failed > 0) {
    const next = unrecorded ? 'the next backup does not know of it' : 'the next backup builds on no point that failed';
    people.line(`${amountText(failed, 'recovery point')} of ${verdicts.length} failed. The others are unharmed; ${next}.`, 'error');
    people.line(unrecorded ? RECORD_FIRST : MEND, 'error');
  } else if (structure > 0) {
    people.line(
      `No fault was found. Of ${amountText(structure, 'point')} no content was read: the source snapshot is gone, or cannot be read.`,
    );
  } else people.line('No fault was found.');
  await print('result', { ...result, requests: context.requests() });
  return failed > 0 ? EXIT.integrity : EXIT.done;
}

/** The source that was named, else the one that the newest entry names. */
async function sourceOf(chain: PointsRequest, { args, azure, job, people }: CommandContext): Promise<PageBlob | undefined> {
  const named = args.text('source');
  if (named !== undefined) return baseBlob(azure, named, 'source', 'verify');
  people.draw(' preparing  Reading the catalogue.');
  const { points } = await listPoints(chain, job);
  const [newest] = points;
  return newest && azure.pageBlob(newest.entry.source.url);
}

function tell(people: People, { number, verdict, fault, proof, recoveryPoint }: PointVerdict): void {
  const about = `${numberText(number)}  ${recoveryPoint ?? 'record cannot be read.'}`;
  if (verdict === 'failed') people.line(` failed     ${about}  ${fault ?? 'It differs from the source.'}`, 'error');
  else if (verdict === 'structure') people.fact('structure', `${about}  length as recorded; no content was read`);
  else people.fact('passed', `${about}  ${proof ? proofText(proof, 'pages') : 'compared'}`);
}
