import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPolicy } from '../../../../src/policy/file/readPolicy.ts';
import type { ScheduleRequest } from '../../../../src/policy/generate/schedule.ts';

export const POLICY_TEXT = `version: 1
timeZone: Europe/Berlin
defaults:
  window: { cron: '0 0,12 * * *' }
  retention: { last: 3, daily: 7 }
  to: { account: 'https://vault.blob.core.windows.net', blob: 'backups/{container}/{blob}' }
chains:
  - name: production
    account: https://prod.blob.core.windows.net
    blobs: ['vhds/**/*.vhd', disks/mail.vhd]
  - account: https://other.blob.core.windows.net
    blobs: 'vm-*/*.vhd'
    window: 12h
    retention: all
    transfer: relay
    to:
      - { account: 'https://vault.blob.core.windows.net', blob: '{account}/{container}/{name}' }
      - { account: 'https://premium.blob.core.windows.net', blob: 'b/{blob}', catalogue: 'https://vault.blob.core.windows.net/catalogues/x' }
`;

export function requestOf(text = POLICY_TEXT, more: Partial<ScheduleRequest> = {}): ScheduleRequest {
  const { policy, problems } = readPolicy(text);
  assert.deepEqual(problems, []);
  return {
    policy: policy!,
    policyText: text,
    policyPath: 'policies/page-blob-backup.yaml',
    shards: 3,
    shard: '2/3',
    image: 'page-blob-backup:1',
    ...more,
  };
}

const NASTY = [
  "it's",
  '"both"',
  '$HOME',
  '${x}',
  '${{ github.token }}',
  '$(id)',
  '`id`',
  ' ',
  '  two',
  '%i',
  '%%',
  '\\',
  '\\n',
  '#',
  '!',
  '&',
  '*',
  'ü',
  '🔒',
  ':',
  '- ',
  "'''",
];

/** Names as nobody should choose them, on one line. */
export const nastyName: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 })), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join('').replaceAll(/[\0\r\n]/g, ''))
  .filter((text) => text !== '');

/** The same over several lines. */
export const nastyText: fc.Arbitrary<string> = fc.array(nastyName, { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n'));
