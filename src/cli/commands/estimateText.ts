import type { Estimate } from '../../engine/jobs/estimate.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { amountText, durationText } from '../words.ts';

/** `1.2 GiB to write, 12 MiB to clear: 4,812 requests, at least 21 s` */
export function estimateText({ written, cleared, writes, clears, secondsAtLimit }: Estimate): string {
  const sizes = `${sizeText(written)} to write${cleared > 0 ? `, ${sizeText(cleared)} to clear` : ''}`;
  return `${sizes}: ${amountText(writes + clears, 'request')}, at least ${durationText(Math.ceil(secondsAtLimit))} at the service's limits`;
}
