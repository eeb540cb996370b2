import type { Change } from '../../engine/jobs/diff/changes.ts';
import type { DiffPlan, DiffRequest } from '../../engine/jobs/diff/diff.ts';
import { originOf, type ImageOrigin } from '../../engine/jobs/diff/imageOrigin.ts';
import type { BlobImage } from '../../engine/pageBlob.ts';
import { lengthOf } from '../../engine/ranges/pageRange.ts';
import { ImageFile } from '../../files/imageFile.ts';
import type { CommandContext } from '../command.ts';
import { catalogueOf, withoutSnapshot } from '../operands.ts';
import { changeLine, originText, percentText } from './diffText.ts';

/** So many of the largest ranges are told. */
const LARGEST = 10;

/** What a difference comes to. */
export class DiffSummary {
  readonly #length: number;
  readonly #origins: readonly (ImageOrigin | undefined)[];
  #largest: Change[] = [];
  #bytes = 0;

  private constructor(length: number, origins: readonly (ImageOrigin | undefined)[]) {
    this.#length = length;
    this.#origins = origins;
  }

  static async of(context: CommandContext, plan: DiffPlan, { before, after }: DiffRequest): Promise<DiffSummary> {
    const origins: (ImageOrigin | undefined)[] = [];
    for (const [i, image] of [before, after].entries()) {
      const isFile = image instanceof ImageFile;
      origins.push(isFile ? undefined : await blobOrigin(context, image as BlobImage, context.args.operand(i)));
    }
    return new DiffSummary(Math.max(plan.lengthBefore, plan.lengthAfter), origins);
  }

  add(change: Change): void {
    this.#bytes += lengthOf(change);
    const least = this.#largest.at(-1);
    if (this.#largest.length === LARGEST && lengthOf(change) <= lengthOf(least!)) return;
    const behind = this.#largest.findIndex((other) => lengthOf(other) < lengthOf(change));
    this.#largest.splice(behind < 0 ? this.#largest.length : behind, 0, change);
    this.#largest.length = Math.min(this.#largest.length, LARGEST);
  }

  /** For people. */
  get lines(): string[] {
    const [from, to] = this.#origins.map((origin) => origin && originText(origin));
    return [
      ...(from === undefined ? [] : [` from       ${from}`]),
      ...(to === undefined ? [] : [` to         ${to}`]),
      ` changed    ${percentText(this.#bytes, this.#length)} of the disk`,
      ...(this.#largest.length > 0 ? [` The largest ranges:`, ...this.#largest.map((change) => changeLine(change, undefined))] : []),
    ];
  }

  /** For `--json`: `share` is from 0 to 1. */
  get object(): object {
    const [from, to] = this.#origins;
    return { share: this.#length > 0 ? this.#bytes / this.#length : 0, largest: this.#largest, from: from ?? null, to: to ?? null };
  }
}

async function blobOrigin({ azure, args, job }: CommandContext, image: BlobImage, operand: string): Promise<ImageOrigin> {
  const backup = azure.pageBlob(withoutSnapshot(operand));
  return originOf(image, catalogueOf(azure, backup, args.text('catalogue')), job);
}
