import type { RestoreSpec } from '../runs/run.ts';
import type { RunSettings } from '../settings.ts';
import { shellWord } from '../../engine/shellWord.ts';

/** The same run for the command line, for a POSIX shell. It signs in by itself: no key and no SAS is in it. */
export function restoreCommand(spec: RestoreSpec, { transfer, proof }: Pick<RunSettings, 'transfer' | 'proof'>): string {
  const isFile = spec.job === 'restoreFile';
  const words = ['page-blob-backup', 'restore', `${spec.backup}?snapshot=${spec.point}`, targetOf(spec)];
  if (spec.job === 'rewind') words.push('--in-place');
  if (spec.job === 'restoreChain') words.push('--continue-chain', '--new-backup', spec.newBackup);
  if ('tier' in spec && spec.tier !== undefined) words.push('--tier', spec.tier);
  if (spec.evenIfFailed) words.push('--even-if-failed');
  if (!isFile && transfer !== 'auto') words.push('--transfer', transfer);
  if (!isFile && proof !== undefined) words.push('--proof', proof);
  return words.map((word, i) => (i > 0 && word.startsWith('--') ? word : shellWord(word))).join(' ');
}

function targetOf(spec: RestoreSpec): string {
  switch (spec.job) {
    case 'restore':
    case 'restoreChain':
      return spec.target;
    case 'restoreFile':
      return spec.path;
    case 'rewind':
      return spec.source;
  }
}
