import { warningOf, type PointRequest } from '../../engine/jobs/restore/point.ts';
import { usageError, type Arguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import type { EXIT } from '../exitStatus.ts';
import { CATALOGUE_OPTION, catalogueOf, isUrl, recoveryPoint } from '../operands.ts';
import { DRY_RUN_OPTION, PROOF_OPTION, TIER_OPTION, TRANSFER_OPTION } from './options.ts';
import { IN_PLACE_OPTION, restoreInPlace } from './restoreInPlace.ts';
import { CONTINUE_OPTIONS, restoreContinuing } from './restoreContinuing.ts';
import { restoreToBlob } from './restoreToBlob.ts';
import { restoreToFile } from './restoreToFile.ts';

/** `restore <backup?snapshot=…> <target>`: one recovery point to a new blob, a new file, or back to the disk it is of. */
export const restore: Command = {
  name: 'restore',
  summary: 'Restore a recovery point to a new blob, a new local file, or the disk itself.',
  operands: ['<backup?snapshot=…>', '<target>'],
  options: [
    IN_PLACE_OPTION,
    ...CONTINUE_OPTIONS,
    TRANSFER_OPTION,
    { ...PROOF_OPTION, text: 'How much is read back: default changed with relay, sample with server. A file is always read back.' },
    TIER_OPTION,
    {
      name: 'even-if-failed',
      text: 'Restore a point that a later verification found wrong: better a disk with a wrong page than none.',
    },
    CATALOGUE_OPTION,
    DRY_RUN_OPTION,
  ],
  notes: [
    'The target must not exist, but with --in-place. Until it has been compared it is marked as partial: a file is called <name>.partial until then.',
    'With --in-place the snapshot of the disk as it was stays; the result names it.',
  ],
  unharmed: 'The recovery point is as it was.',
  whenStopped:
    'The recovery point is as it was; the target is marked as partial if anything of it was written. Run the same command again: it goes on from here.',
  run,
};

async function run(context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure } = context;
  if (args.flag('new-backup') && !args.flag('continue-chain')) throw usageError('--new-backup goes with --continue-chain.', 'restore');
  const { backup, point } = recoveryPoint(azure, args.operand(0), 'restore');
  const evenIfFailed = args.flag('even-if-failed');
  const request: PointRequest = { backup, point, catalogue: catalogueOf(azure, backup, args.text('catalogue')), evenIfFailed };
  const warning = evenIfFailed ? await warningOf(request, context.job) : undefined;
  if (warning !== undefined) context.hear({ type: 'warning', code: 'pointFailed', text: warning });
  return faceFor(args)(request, context);
}

function faceFor(args: Arguments): (point: PointRequest, context: CommandContext) => Promise<typeof EXIT.done> {
  if (args.flag('in-place')) return restoreInPlace;
  if (args.flag('continue-chain')) return restoreContinuing;
  if (args.text('new-backup')) throw usageError('--new-backup is for --continue-chain.', 'restore');
  return isUrl(args.operand(1)) ? restoreToBlob : restoreToFile;
}
