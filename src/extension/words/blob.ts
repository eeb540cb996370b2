import type { PageBlobItem } from '../../azure/browse/accountBrowser.ts';
import { KEY } from '../../engine/chain/metadata.ts';
import type { OpenRunState } from '../../engine/jobs/points/chainSummary.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { percentText, snapshotsText } from './amounts.ts';
import { card } from './markdown.ts';
import { placeOf } from './places.ts';
import {
  firstBackupText,
  healthIcon,
  healthOf,
  pointTime,
  standingAdvice,
  standingText,
  type BackupHere,
  type ChainKnowledge,
} from './standing.ts';
import { exactText, timeIn } from './times.ts';
import type { RowIcon, RowWords, Voice } from './voice.ts';

export interface BlobFacts {
  readonly item: PageBlobItem;
  /** `backup`: it has a catalogue, so it holds the points of a chain. */
  readonly role: 'disk' | 'backup';
  /** Of the chain that tells most: its own for a backup, the one with the newest point for a disk. Undefined when there is none. */
  readonly chain: ChainKnowledge | undefined;
  /** URL of the other end of the chain, where known. */
  readonly partner: string | undefined;
  /** The backup of this machine that is to become its first; only where there is no chain. */
  readonly firstBackup: BackupHere | undefined;
  /** A run that writes this blob and is no backup: a restore. */
  readonly restore: OpenRunState | undefined;
}

/** `disk.vhd — 1 TiB · backed up 2 h ago · 12 points` */
export function describeBlob(facts: BlobFacts, voice: Voice): RowWords {
  const { item } = facts;
  const state = stateOf(facts, voice);
  const size = sizeText(item.length);
  return {
    label: item.name,
    description: `${size} · ${state}`,
    icon: iconOf(facts, voice),
    speech:
      facts.role === 'backup'
        ? voice.t('Backup blob {0}, {1}: {2}.', item.name, size, state)
        : voice.t('Page blob {0}, {1}: {2}.', item.name, size, state),
  };
}

export function blobCard(facts: BlobFacts, voice: Voice): string {
  const { t } = voice;
  const { item, chain, firstBackup, partner, role } = facts;
  const created = timeIn(item.createdOn);
  const newest = chain?.state === 'known' ? chain.summary.newest?.entry : undefined;
  return card(
    item.name,
    [
      [t('State'), stateOf(facts, voice)],
      [t('Size'), sizeText(item.length)],
      [t('Address'), item.url],
      item.tier === undefined ? undefined : [t('Tier'), item.tier],
      [t('Lease'), leaseText(item, voice)],
      [t('Snapshots'), snapshotsText(item.snapshots.length, voice)],
      created === undefined ? undefined : [t('Created'), exactText(created, voice)],
      partner === undefined ? undefined : [role === 'backup' ? t('Disk') : t('Backup blob'), partner],
      newest && [t('Disk as of'), exactText(pointTime(newest.startedOn, voice.now()), voice)],
      [t('Restored from'), item.metadata[KEY.restoredFrom] ?? ''],
    ],
    [
      chain ? standingAdvice(chain, voice) : undefined,
      firstBackup?.state === 'interrupted' ? t('A run was interrupted. Back up again, or resume it, to go on with it.') : undefined,
      chain === undefined && firstBackup === undefined && role === 'disk'
        ? t('No snapshot of it names a backup, and no chain that was seen in your accounts is of it.')
        : undefined,
    ],
  );
}

function stateOf(facts: BlobFacts, voice: Voice): string {
  const { t } = voice;
  const { chain, firstBackup, item, partner, restore, role } = facts;
  if (restore?.state === 'running') return t('a restore is under way');
  if (restore && item.length > restore.record.applied)
    return t('restore interrupted at {0}', percentText(restore.record.applied, item.length, voice));
  if (restore || item.metadata[KEY.restore] === 'partial') return t('restore not finished');
  if (role === 'backup') {
    const what = partner === undefined ? t('a backup blob') : t('backup of {0}', placeOf(partner).name);
    return chain?.state === 'known' || chain?.state === 'unreadable' ? `${what} · ${standingText(chain, voice)}` : what;
  }
  if (chain !== undefined) return standingText(chain, voice);
  return firstBackup ? firstBackupText(firstBackup, voice) : t('never backed up');
}

function leaseText(item: PageBlobItem, { t }: Voice): string {
  if (item.infiniteLease) return t('held without end, as a VM holds its disk');
  return item.lease === 'leased' ? t('held') : t('none');
}

function iconOf({ chain, firstBackup, item, restore, role }: BlobFacts, voice: Voice): RowIcon {
  if (restore?.state === 'running') return { id: 'sync' };
  if (restore || item.metadata[KEY.restore] === 'partial') return { id: 'debug-pause', color: 'list.warningForeground' };
  const health = chain === undefined ? (firstBackup?.state ?? 'empty') : healthOf(chain, voice.now());
  if (role === 'backup') return health === 'good' ? { id: 'archive' } : healthIcon(health, { id: 'archive' });
  return healthIcon(health, { id: 'database' });
}
