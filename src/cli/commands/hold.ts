import { holdPoint, releasePoint } from '../../engine/jobs/prune/holdPoint.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { CATALOGUE_OPTION, catalogueOf, recoveryPoint } from '../operands.ts';
import { numberText } from '../words.ts';

/** `hold <backup?snapshot=…>`: protects a recovery point from every prune. */
export const hold: Command = {
  name: 'hold',
  summary: 'Protect a recovery point: no prune deletes it until it is released.',
  operands: ['<backup?snapshot=…>'],
  options: [{ name: 'release', text: 'Take the hold off again.' }, CATALOGUE_OPTION],
  notes: ['A hold is a record beside the backup. It keeps this program from deleting the point, not other programs.'],
  whenStopped: 'Run the same command again.',
  async run({ args, azure, job, people, print }) {
    const { backup, point } = recoveryPoint(azure, args.operand(0), 'hold');
    const request = { backup, point, catalogue: catalogueOf(azure, backup, args.text('catalogue')) };
    const result = await (args.flag('release') ? releasePoint(request, job) : holdPoint(request, job));
    const name = `Recovery point ${numberText(result.number)}`;
    if (result.held) people.line(`${name} is ${result.already ? 'held already' : 'held'}: no prune deletes it until it is released.`);
    else people.line(`${name} ${result.already ? 'was not held' : 'is released'}: the retention policy decides about it.`);
    await print('result', result);
    return EXIT.done;
  },
};
