import type { Localise } from '../../words/voice.ts';

/** A chain that is known already, by its URLs. */
export interface KnownChain {
  readonly source: string;
  readonly backup: string;
}

const EXAMPLE: KnownChain = {
  source: 'https://mydisks.blob.core.windows.net/vhds/web.vhd',
  backup: 'https://mybackups.blob.core.windows.net/backups/web.vhd',
};

/** The text of a new policy file: what is backed up already, or an example, with a remark at every key. */
export function examplePolicy(known: readonly KnownChain[], timeZone: string, t: Localise): string {
  const chains = (known.length > 0 ? known : [EXAMPLE]).flatMap(chainLines);
  const remark = (indent: string, text: string): string => `${indent}# ${text}`;
  const lines = [
    remark(
      '',
      t(
        'What Page Blob Backup keeps, and when. “Preview Policy” shows what it means, “Start Scheduled Backups” runs it while VS Code is open.',
      ),
    ),
    remark('', t('On any machine: {0}. No secrets in here: a URL with a SAS is refused.', APPLY)),
    pair('version', '1'),
    pair('timeZone', timeZone),
    'defaults:',
    remark('  ', t('When: an interval such as 12h, or a cron pattern (minute, hour, day of month, month, day of week).')),
    pair('  window', "{ cron: '0 0,12 * * *' }"),
    remark('  ', t('The chains of a window begin spread over this time.')),
    pair('  jitter', '10m'),
    remark('  ', t('Which recovery points stay: a point stays when any rule keeps it. “all” keeps every point.')),
    pair('  retention', '{ last: 3, daily: 7, weekly: 5, monthly: 12 }'),
    'chains:',
    ...chains,
    remark('  ', t('Many disks at once: * stands for anything in one part of a name, ** for anything over parts.')),
    ...PATTERNS.map(([key, value]) => remark('  ', pair(key, value))),
  ];
  return `${lines.join('\n')}\n`;
}

const APPLY = ['page-blob-backup', 'apply', '--policy', 'page-blob-backup.yaml'].join(' ');

const PATTERNS: readonly (readonly [key: string, value: string])[] = [
  ['- account', 'https://mydisks.blob.core.windows.net'],
  ['  blobs', "['vhds/**/*.vhd']"],
  ['  except', 'vhds/scratch-*'],
  ['  to', target('https://mybackups.blob.core.windows.net', 'backups/{container}/{blob}')],
];

function chainLines({ source, backup }: KnownChain): string[] {
  const [disk, copy] = [partsOf(source), partsOf(backup)];
  if (!disk || !copy) return [];
  return [pair('  - account', disk.account), pair('    blobs', quoted(disk.path)), pair('    to', target(copy.account, copy.path))];
}

function pair(key: string, value: string): string {
  return `${key}: ${value}`;
}

function target(account: string, blob: string): string {
  return `{ ${pair('account', account)}, ${pair('blob', quoted(blob))} }`;
}

/** Endpoint and `container/blob`; of path-style endpoints, whose host is an address, the account is part of the endpoint. */
function partsOf(url: string): { readonly account: string; readonly path: string } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, hostname, pathname } = new URL(url);
  const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const isPathStyle = /^[\d.]+$|^\[|^localhost$/.test(hostname);
  const account = isPathStyle ? `${origin}/${parts.shift()}` : origin;
  return parts.length < 2 ? undefined : { account, path: parts.join('/') };
}

/** A scalar of YAML that is taken as it is written. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
