import type { Azure } from '../../azure/azure.ts';
import { areasOf, type DiskArea } from '../../disk/areas.ts';
import { readLayout, samePartitions, type DiskLayout } from '../../disk/layout.ts';
import { AreaTotals } from '../../engine/jobs/diff/areaTotals.ts';
import { WholeChanges, type Change } from '../../engine/jobs/diff/changes.ts';
import { planDiff, runDiff, type DiffPlan, type DiffRequest } from '../../engine/jobs/diff/diff.ts';
import { realChange, type RealChange } from '../../engine/jobs/diff/realChange.ts';
import type { Image } from '../../engine/pageBlob.ts';
import { lengthOf, PAGE } from '../../engine/ranges/pageRange.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { FileSystem } from '../../files/fileSystem.ts';
import { ImageFile } from '../../files/imageFile.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { CATALOGUE_OPTION, isUrl } from '../operands.ts';
import { amountText } from '../words.ts';
import { areaLines, changeLine, realLine, totalLine } from './diffText.ts';
import { DiffSummary } from './diffSummary.ts';

/** More lines than that nobody reads. */
const MOST_LINES = 200;

/** `diff <image> <image>`: written and cleared ranges, or what they come to. */
export const diff: Command = {
  name: 'diff',
  summary: 'Show what changed between two images: snapshots, blobs, local files.',
  operands: ['<before>', '<after>'],
  options: [
    { name: 'summary', text: 'How much changed, of when the two are, and the largest ranges, instead of every range.' },
    { name: 'partitions', text: 'How much changed in which partition, instead of every range.' },
    { name: 'real', text: 'Read the touched pages of both images and tell how many really differ.' },
    CATALOGUE_OPTION,
  ],
  notes: [
    'The older image comes first. Of two images of one blob the service lists the pages that were written or cleared, equal bytes included;',
    'other images are read and compared. With --json every range is printed, as bytes [start, end), unless --summary or --partitions is given.',
    'Partitions are those of the later image.',
  ],
  unharmed: 'Nothing was changed.',
  whenStopped: 'Nothing was changed.',
  run,
};

/** What is asked for besides the ranges. */
interface Asked {
  readonly summary: DiffSummary | undefined;
  readonly layout: DiskLayout | undefined;
  readonly areas: AreaTotals<DiskArea> | undefined;
  readonly listsRanges: boolean;
}

async function run(context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure, files, job, people, print } = context;
  const [before, after] = [0, 1].map((i) => imageOf(azure, files, args.operand(i))) as [Image, Image];
  const request: DiffRequest = { before, after, blob: commonBlob(before, after) };
  try {
    people.draw(' preparing  Looking at both images.');
    const plan = await planDiff(request, job);
    people.fact('before', `${before.label} (${sizeText(plan.lengthBefore)})`);
    people.fact('after', `${after.label} (${sizeText(plan.lengthAfter)})`);
    people.fact('how', plan.reason);
    const asked = await askedFor(context, plan, request);
    const result = await tellChanges(context, plan, request, asked);
    for (const line of asked.summary?.lines ?? []) people.line(line);
    for (const line of asked.layout ? areaLines(asked.layout, asked.areas!.totals) : []) people.line(line);
    if (result.real) people.line(realLine(result.real, plan));
    people.line(totalLine(plan, result));
    const { layout, areas, summary } = asked;
    const partitions = layout && { kind: layout.kind, vhd: layout.vhd ?? null, notes: layout.notes, areas: areas!.totals.map(areaObject) };
    await print('result', { ...plan, ...result, ...(summary && { summary: summary.object }), ...(partitions && { partitions }) });
    return EXIT.done;
  } finally {
    for (const image of [before, after]) if (image instanceof ImageFile) await image.close();
  }
}

async function askedFor(context: CommandContext, plan: DiffPlan, request: DiffRequest): Promise<Asked> {
  const { args, job } = context;
  const layout = args.flag('partitions') ? await laterLayout(request, job) : undefined;
  return {
    summary: args.flag('summary') ? await DiffSummary.of(context, plan, request) : undefined,
    layout,
    areas: layout && new AreaTotals(areasOf(layout, longerOf(plan))),
    listsRanges: !args.flag('summary') && !args.flag('partitions'),
  };
}

async function laterLayout({ before, after }: DiffRequest, job: CommandContext['job']): Promise<DiskLayout> {
  const [earlier, later] = [await readLayout(before, job), await readLayout(after, job)];
  if (samePartitions(earlier, later)) return later;
  return { ...later, notes: [...later.notes, 'The disk was partitioned otherwise before; these are its partitions afterwards.'] };
}

/** Goes through the difference once. Bytes; `real` is in pages. */
async function tellChanges({ args, job, people, print }: CommandContext, plan: DiffPlan, request: DiffRequest, asked: Asked) {
  const result = { written: 0, cleared: 0, ranges: 0 };
  const real = { pages: 0, differing: 0 };
  const longest = longerOf(plan);
  async function* changes(): AsyncGenerator<Change> {
    const whole = new WholeChanges();
    for await (const window of runDiff(plan, request, job)) {
      asked.areas?.add(window);
      yield* whole.in(window);
      people.draw(` comparing  ${sizeText(window.end)} of ${sizeText(longest)}`);
    }
    yield* whole.rest();
  }
  const isReal = args.flag('real');
  for await (const { range, pages, differing } of isReal ? reallyChanged(changes(), plan, request, job) : asTouched(changes())) {
    result[range.kind] += lengthOf(range);
    result.ranges++;
    real.pages += pages;
    real.differing += differing;
    asked.summary?.add(range);
    if (!asked.listsRanges) continue;
    if (result.ranges <= MOST_LINES) people.line(changeLine(range, isReal ? differing : undefined));
    await print('range', { kind: range.kind, start: range.start, end: range.end, ...(isReal && { pages, differing }) });
  }
  const unlisted = asked.listsRanges ? result.ranges - MOST_LINES : 0;
  if (unlisted > 0) people.line(` … and ${amountText(unlisted, 'more range', 'more ranges')}; --json prints them all.`);
  return { ...result, ...(isReal && { real }) };
}

function reallyChanged(changes: AsyncIterable<Change>, plan: DiffPlan, request: DiffRequest, job: CommandContext['job']) {
  // What was found by reading both does differ.
  return plan.by === 'content' ? asTouched(changes) : realChange(plan, request, changes, job);
}

async function* asTouched(changes: AsyncIterable<Change>): AsyncGenerator<RealChange<Change>> {
  for await (const range of changes) yield { range, pages: lengthOf(range) / PAGE, differing: lengthOf(range) / PAGE };
}

function areaObject({ area: { kind, name, partition }, size, written, cleared }: AreaTotals<DiskArea>['totals'][number]): object {
  const place = partition && { index: partition.index, type: partition.type, start: partition.start, end: partition.end };
  return { kind, name, ...place, size, written, cleared };
}

function longerOf({ lengthBefore, lengthAfter }: DiffPlan): number {
  return Math.max(lengthBefore, lengthAfter);
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
