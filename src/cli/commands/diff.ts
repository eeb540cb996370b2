import type { Azure } from '../../azure/azure.ts';
import { addTo, planDiff, runDiff, type DiffRequest, type DiffResult, type DiffWindow } from '../../engine/jobs/diff/diff.ts';
import type { Image } from '../../engine/pageBlob.ts';
import { lengthOf, type PageRange } from '../../engine/ranges/pageRange.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { FileSystem } from '../../files/fileSystem.ts';
import { ImageFile } from '../../files/imageFile.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { isUrl } from '../operands.ts';
import { amountText, countText } from '../words.ts';

/** More lines than that nobody reads. */
const MOST_LINES = 200;

/** `diff <image> <image>`: written and cleared ranges. */
export const diff: Command = {
  name: 'diff',
  summary: 'Show what changed between two images: snapshots, blobs, local files.',
  operands: ['<before>', '<after>'],
  options: [],
  notes: [
    'The older image comes first. Of two images of one blob the service lists the pages that were written or cleared, equal bytes included;',
    'other images are read and compared. With --json every range is printed, as bytes [start, end).',
  ],
  whenStopped: 'Nothing was changed.',
  run,
};

async function run({ args, azure, files, job, people, print }: CommandContext): Promise<typeof EXIT.done> {
  const [before, after] = [0, 1].map((i) => imageOf(azure, files, args.operand(i))) as [Image, Image];
  const request: DiffRequest = { before, after, blob: commonBlob(before, after) };
  try {
    people.draw(' preparing  Looking at both images.');
    const plan = await planDiff(request, job);
    people.fact('before', `${before.label} (${sizeText(plan.lengthBefore)})`);
    people.fact('after', `${after.label} (${sizeText(plan.lengthAfter)})`);
    people.fact('how', plan.reason);
    const longest = Math.max(plan.lengthBefore, plan.lengthAfter);
    let result: DiffResult = { written: 0, cleared: 0, ranges: 0 };
    let lines = 0;
    for await (const window of runDiff(plan, request, job)) {
      result = addTo(result, window);
      for (const { kind, range } of inOrder(window)) {
        if (lines++ < MOST_LINES) people.line(rangeLine(kind, range));
        await print('range', { kind, ...range });
      }
      people.draw(` comparing  ${sizeText(window.end)} of ${sizeText(longest)}`);
    }
    if (lines > MOST_LINES) people.line(` … and ${amountText(lines - MOST_LINES, 'more range', 'more ranges')}; --json prints them all.`);
    const { written, cleared, ranges } = result;
    const summary = `${sizeText(written)} written, ${sizeText(cleared)} cleared in ${amountText(ranges, 'range')} of ${sizeText(longest)}`;
    people.line(ranges === 0 && plan.lengthBefore === plan.lengthAfter ? 'No page differs.' : `${summary}.`);
    await print('result', { ...plan, ...result });
    return EXIT.done;
  } finally {
    for (const image of [before, after]) if (image instanceof ImageFile) await image.close();
  }
}

function imageOf(azure: Azure, files: FileSystem, text: string): Image {
  return isUrl(text) ? azure.image(text) : new ImageFile(text, files);
}

/** The blob that both are images of; undefined where they are not of one. */
function commonBlob(before: Image, after: Image): string | undefined {
  if (before instanceof ImageFile || after instanceof ImageFile) return undefined;
  const [one, other] = [before, after].map(({ label }) => label.split('?')[0]);
  return one === other ? one : undefined;
}

type Kind = 'written' | 'cleared';

function* inOrder({ written, cleared }: DiffWindow): Generator<{ kind: Kind; range: PageRange }> {
  for (let i = 0, j = 0; i < written.length || j < cleared.length;) {
    const [write, clear] = [written[i], cleared[j]];
    if (write && (!clear || write.start < clear.start)) {
      yield { kind: 'written', range: write };
      i++;
    } else {
      yield { kind: 'cleared', range: clear! };
      j++;
    }
  }
}

function rangeLine(kind: Kind, range: PageRange): string {
  return ` ${kind}  ${countText(range.start).padStart(19)}  ${sizeText(lengthOf(range)).padStart(10)}`;
}
