import { resultOf } from '../../engine/events.ts';
import { planCopy, runCopy, type CopyRequest } from '../../engine/jobs/copy/copy.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { baseBlob, blobImage } from '../operands.ts';
import { durationText } from '../words.ts';
import { DRY_RUN_OPTION, TIER_OPTION } from './options.ts';

/** `copy <image> <target>`: a whole copy by the service itself. */
export const copy: Command = {
  name: 'copy',
  summary: 'Let the service copy a whole blob or snapshot (Copy Blob).',
  operands: ['<image>', '<target>'],
  options: [TIER_OPTION, DRY_RUN_OPTION],
  notes: ['The target must not exist. Ctrl-C aborts the copy.'],
  unharmed: 'The source is as it was.',
  whenStopped: 'The source is as it was. The copy was aborted, which leaves an empty blob: delete it, or name another target.',
  async run({ args, azure, job, people, hear, print, requests, elapsed }) {
    const request: CopyRequest = {
      source: blobImage(azure, args.operand(0), 'image', 'copy'),
      target: baseBlob(azure, args.operand(1), 'target', 'copy'),
      tier: args.text('tier'),
    };
    people.draw(' preparing  Looking at the image and the target.');
    const plan = await planCopy(request, job);
    if (args.flag('dry-run')) {
      people.fact('image', `${plan.source} (${sizeText(plan.length)})`);
      people.fact('target', `${plan.target} (to be created)`);
      for (const warning of plan.warnings) people.line(` warning    ${warning}`, 'warning');
      people.line('Nothing was changed: this was a dry run.');
      await print('plan', plan);
      return EXIT.done;
    }
    const result = await resultOf(runCopy(plan, request, job), hear);
    people.line(`Copied ${result.source} to ${result.target}: ${sizeText(result.copied)}, ${durationText(elapsed() / 1000)}.`);
    await print('result', { ...result, requests: requests() });
    return EXIT.done;
  },
};
