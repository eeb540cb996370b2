const GiB = 1024 ** 3;

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
  const known = TIERS.find(({ name }) => name === tier);
  return known !== undefined && length > known.holds;
}
