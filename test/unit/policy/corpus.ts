/** Policy files, good and bad. `shape`: schema and reader refuse it; `meaning`: only the reader can tell. */
export interface Sample {
  readonly what: string;
  readonly yaml: string;
  readonly wrong?: { readonly kind: 'shape' | 'meaning'; readonly message: RegExp; readonly at: string };
}

const chain = (rest = '', blobs = 'vhds/web.vhd') => `  - account: https://prod.blob.core.windows.net\n    blobs: ${blobs}\n${rest}`;
const target = '    to: { account: "https://vault.blob.core.windows.net", blob: "backup/{container}/{blob}" }\n';
const head = 'version: 1\ndefaults:\n    window: 12h\n    retention: { daily: 7 }\n';
const file = (rest: string, blobs?: string): string => `${head}${target}chains:\n${chain(rest, blobs)}`;
/** The first line after the head, the target, `chains:` and the chain's two. */
const REST = 9;

const bad = (what: string, kind: 'shape' | 'meaning', yaml: string, message: RegExp, at: string): Sample => ({
  what,
  yaml,
  wrong: { kind, message, at },
});

export const SAMPLES: readonly Sample[] = [
  { what: 'one disk', yaml: file('') },
  {
    what: 'patterns, several targets, everything said',
    yaml: `# ours
version: 1
timeZone: Europe/Berlin
defaults: &all
  jitter: 10m
  transfer: server
  verify: 30d
chains:
  - name: production
    account: https://prod.blob.core.windows.net/
    blobs: [vhds/*.vhd, 'disks/**']
    except: vhds/scratch-?.vhd
    window: { cron: "0 */12 * * *", timeZone: America/New_York }
    retention: { last: 3, hourly: 0, daily: 7, weekly: 5, monthly: 12, yearly: all, timeZone: UTC }
    to:
      - { account: "https://vault.blob.core.windows.net", blob: "b/{account}/{container}/{blob}" }
      - account: http://127.0.0.1:10000/devstoreaccount2
        blob: b/{name}
        catalogue: https://standard.blob.core.windows.net/catalogues
    proof: full
    keepSourceSnapshots: 2
    verify: { every: 7d, proof: full }
  - account: https://prod.blob.core.windows.net
    blobs: test/a.vhd
    window: { every: 7d }
    retention: all
    verify: never
    to: { account: "https://vault.blob.core.windows.net", blob: test/a.vhd }
`,
  },
  bad('nothing', 'shape', '', /Here a policy is needed/, '1:1'),
  bad('no mapping', 'shape', '- a\n', /Here a policy is needed/, '1:1'),
  bad('broken YAML', 'shape', 'version: [1\n', /./, '2:1'),
  bad('an unknown key', 'shape', `${file('')}schedule: daily\n`, /no key "schedule" in a policy/, '9:1'),
  bad(
    'an unknown key in a chain',
    'shape',
    file('    retenton: all\n'),
    /no key "retenton" in a chain; it knows name, account/,
    `${REST}:5`,
  ),
  bad('no version', 'shape', file('').replace('version: 1\n', ''), /key "version" is missing/, '1:1'),
  bad('a later version', 'shape', file('').replace('version: 1', 'version: 2'), /reads version 1 of policy files, not 2/, '1:10'),
  bad('no chains', 'shape', 'version: 1\nchains: []\n', /at least one item/, '2:9'),
  bad('a chain without account', 'shape', `${head}${target}chains:\n  - blobs: vhds/a.vhd\n`, /key "account" is missing in a chain/, '7:5'),
  bad(
    'a SAS in an address',
    'shape',
    file('').replace('prod.blob.core.windows.net', 'prod.blob.core.windows.net?sv=1&sig=abc'),
    /looks like a SAS, a key or a password.*environment\.$/,
    '7:14',
  ),
  bad('a SAS in a pattern', 'meaning', file('', '"vhds/a.vhd?sv=1&sig=abc"'), /looks like a SAS/, '8:12'),
  bad(
    'a SAS in a name',
    'meaning',
    file('    to: { account: "https://v.example", blob: "b/{blob}?sig=abc" }\n'),
    /looks like a SAS/,
    `${REST}:47`,
  ),
  bad('a SAS as a key', 'shape', file('    "?sv=1&sig=abc": 12h\n'), /looks like a SAS/, `${REST}:5`),
  bad('a SAS that the parser stumbles over', 'shape', file('    window: |sv=1&sig=abc\n'), /Block scalar header.*sv=1&…$/, `${REST}:14`),
  bad('an account key', 'meaning', file(`    name: ${'x'.repeat(86)}==\n`), /looks like a SAS, a key/, `${REST}:11`),
  bad('a connection string', 'meaning', file('    name: AccountName=a;AccountKey=b\n'), /looks like a SAS, a key/, `${REST}:11`),
  bad('a password', 'meaning', file('').replace('prod.blob', 'me:pass@prod.blob'), /looks like a SAS, a key or a password/, '7:14'),
  bad('a container for a disk', 'shape', file('', 'vhds'), /pattern of container\/blob.* not "vhds"/, '8:12'),
  bad(
    'a window that is no time',
    'shape',
    file('    window: daily\n'),
    /a time such as 30m, 12h or 7d is needed, not "daily"/,
    `${REST}:13`,
  ),
  bad('a window with both', 'shape', file('    window: { every: 1h, cron: "0 0 * * *" }\n'), /either "every" or "cron"/, `${REST}:13`),
  bad('a cron of six fields', 'shape', file('    window: { cron: "0 0 0 * * *" }\n'), /cron pattern of five fields/, `${REST}:21`),
  bad('a negative count', 'shape', file('    retention: { daily: -1 }\n'), /whole number from 0 on is needed, not "-1"/, `${REST}:25`),
  bad('an unknown transfer', 'shape', file('    transfer: fast\n'), /one of auto, server, relay is needed, not "fast"/, `${REST}:15`),
  bad('a proof that is none', 'shape', file('    proof: yes\n'), /one of ranges, sample, changed, full/, `${REST}:12`),
  bad(
    'no blob in a target',
    'shape',
    file('    to: { account: "https://vault.blob.core.windows.net" }\n'),
    /key "blob" is missing in a target/,
    `${REST}:11`,
  ),
  bad(
    'a verification that is no time',
    'shape',
    file('    verify: weekly\n'),
    /a time such as 30m, 12h or 7d is needed, not "weekly"/,
    `${REST}:13`,
  ),
  bad(
    'a verification without a time',
    'shape',
    file('    verify: { proof: full }\n'),
    /key "every" is missing in a verification/,
    `${REST}:15`,
  ),
  bad(
    'a verification of no level',
    'shape',
    file('    verify: { every: 7d, proof: all }\n'),
    /one of ranges, sample, changed, full/,
    `${REST}:33`,
  ),
  bad('a verification too often', 'meaning', file('    verify: { every: 10m }\n'), /no more often than every 1h/, `${REST}:22`),
  bad('a value that is absent', 'shape', file('    window:\n'), /a time such as/, `${REST}:12`),
  bad('one key twice', 'meaning', file('    proof: full\n    proof: full\n'), /unique/, `${REST + 1}:5`),
  bad('a bad cron', 'meaning', file('    window: { cron: "0 25 * * *" }\n'), /cron pattern "0 25 \* \* \*" cannot be read/, `${REST}:21`),
  bad('a cron that never comes', 'meaning', file('    window: { cron: "0 0 30 2 *" }\n'), /never comes true/, `${REST}:21`),
  bad('an unknown zone', 'meaning', `timeZone: Mars/Olympus\n${file('')}`, /no time zone "Mars\/Olympus"/, '1:11'),
  bad('a window too short', 'meaning', file('    window: 5m\n'), /at least 10m/, `${REST}:13`),
  bad('a retention of nothing', 'meaning', file('    retention: { daily: 0 }\n'), /keeps nothing/, `${REST}:16`),
  bad(
    'no retention anywhere',
    'meaning',
    file('').replace('    retention: { daily: 7 }\n', ''),
    /no "retention", and the defaults have none/,
    '7:12',
  ),
  bad('no target anywhere', 'meaning', `${head}chains:\n${chain()}`, /no "to", and the defaults have none/, '7:12'),
  bad('no window anywhere', 'meaning', file('').replace('    window: 12h\n', ''), /no "window", and the defaults have none/, '7:12'),
  bad('one chain twice', 'meaning', `${file('')}${chain()}`, /This chain is there twice/, '10:12'),
  bad(
    'two disks with one backup',
    'meaning',
    file('', 'vhds/{web,mail}.vhd').replace('vhds/{web,mail}.vhd', '[a/web.vhd, b/web.vhd]').replace('{container}/{blob}', '{name}'),
    /Two disks have the same backup blob .*\/backup\/web\.vhd/,
    '8:24',
  ),
  bad(
    'source = target',
    'meaning',
    file('').replace('vault', 'prod').replace('backup/{container}', '{container}'),
    /Source and backup are the same blob/,
    '8:12',
  ),
  bad(
    'a name with an unknown part',
    'meaning',
    file('').replace('{blob}', '{disk}'),
    /no "\{disk\}" in a name; there are \{account\}/,
    '5:65',
  ),
  bad(
    'a name that does not tell apart',
    'meaning',
    file('', 'vhds/*.vhd').replace('{container}/{blob}', 'all.vhd'),
    /All disks of this chain would be backed up to one blob/,
    '5:65',
  ),
];
