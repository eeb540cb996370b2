import { BackupError } from './errors.ts';
import { sizeText } from './sizeText.ts';

const GiB = 1024 ** 3;
/** A fixed VHD has 512 bytes more than the disk in it; whether they count against a tier is not documented, so that is left to the service. */
const FOOTER = 512;

/** Tiers of premium page blobs and the bytes that each holds at most (REST: Set Blob Tier; premium unmanaged disks go to P60). */
export const TIERS: readonly { readonly name: string; readonly holds: number }[] = [
  { name: 'P4', holds: 32 * GiB },
  { name: 'P6', holds: 64 * GiB },
  { name: 'P10', holds: 128 * GiB },
  { name: 'P15', holds: 256 * GiB },
  { name: 'P20', holds: 512 * GiB },
  { name: 'P30', holds: 1024 * GiB },
  { name: 'P40', holds: 2048 * GiB },
  { name: 'P50', holds: 4096 * GiB },
  { name: 'P60', holds: 8192 * GiB },
];

/** Is a disk of `length` bytes too long for the tier? A name that is not known is left to the service. */
export function isTooSmall(tier: string, length: number): boolean {
  const known = TIERS.find(({ name }) => name === tier.toUpperCase());
  return known !== undefined && length > known.holds + FOOTER;
}

/** The smallest tier that holds `length` bytes; the largest where none does. */
export function fittingTier(length: number): string {
  return (TIERS.find(({ name }) => !isTooSmall(name, length)) ?? TIERS.at(-1)!).name;
}

/** Before anything is made. @throws notSupported for a tier that is too small for a disk of `length` bytes, as the service would */
export function requireRoom(tier: string | undefined, length: number, url: string): void {
  if (tier === undefined || !isTooSmall(tier, length)) return;
  throw new BackupError('notSupported', `The tier ${tier} is too small for ${url}: the disk has ${sizeText(length)}.`, {
    unharmed: 'Nothing was changed.',
    hint: `Take the tier ${fittingTier(length)}, or none: the service then takes what fits.`,
  });
}
