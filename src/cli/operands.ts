import type { Azure } from '../azure/azure.ts';
import { catalogueFolder } from '../azure/catalogueFolder.ts';
import type { BlobImage, PageBlob, SnapshotId } from '../engine/pageBlob.ts';
import type { RecordStore } from '../engine/recordStore.ts';
import { usageError, type Option } from './arguments.ts';

/** Has `text` the form of a URL? Everything else may be a path. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text.trim());
}

/** The blob that an operand names. @throws badInput for a path, a snapshot, garbage */
export function baseBlob(azure: Azure, text: string, role: string, command: string): PageBlob {
  requireUrl(text, role, command);
  if (/[?&]snapshot=/i.test(text)) {
    throw usageError(`The ${role} must be a blob, but the URL names one of its snapshots: leave ?snapshot=… out.`, command);
  }
  return azure.pageBlob(text);
}

/** The blob or snapshot that an operand names. @throws badInput */
export function blobImage(azure: Azure, text: string, role: string, command: string): BlobImage {
  requireUrl(text, role, command);
  return azure.image(text);
}

/** The backup blob and the recovery point in it that an operand names. @throws badInput */
export function recoveryPoint(azure: Azure, text: string, command: string): { backup: PageBlob; point: SnapshotId } {
  requireUrl(text, 'backup', command);
  const { snapshot } = azure.image(text);
  if (snapshot === undefined) {
    throw usageError('The URL names the backup blob, not one of its recovery points: add ?snapshot=<id>. "points" lists them.', command);
  }
  return { backup: azure.pageBlob(withoutSnapshot(text)), point: snapshot };
}

/** The blob and the snapshot of it that an operand names. @throws badInput */
export function snapshotOfBlob(azure: Azure, text: string, command: string): { blob: PageBlob; snapshot: SnapshotId } {
  requireUrl(text, 'snapshot', command);
  const { snapshot } = azure.image(text);
  if (snapshot === undefined) throw usageError('The URL names a blob, not one of its snapshots: add ?snapshot=<id>.', command);
  return { blob: azure.pageBlob(withoutSnapshot(text)), snapshot };
}

/** Where the catalogue lies when it cannot lie beside the backup blob. */
export const CATALOGUE_OPTION: Option = {
  name: 'catalogue',
  value: 'url',
  text: 'Container or folder for the catalogue, where it cannot lie beside the backup blob (premium accounts).',
};

/** The catalogue of a backup blob: beside it, or below the folder named, where the blob's host and path make it its own. @throws badInput */
export function catalogueOf(azure: Azure, backup: PageBlob, place: string | undefined): RecordStore {
  return azure.recordStoreFor(place === undefined ? backup : catalogueFolder(place, backup.url));
}

function requireUrl(text: string, role: string, command: string): void {
  if (isUrl(text)) return;
  throw usageError(
    `"${text}" is not a blob URL; the ${role} of "${command}" is https://<account>.blob.core.windows.net/<container>/<blob>.`,
    command,
  );
}

/** The URL as it was given but for the snapshot: a SAS is signed as it is written. */
export function withoutSnapshot(text: string): string {
  const [path = '', query = ''] = text.trim().split('?', 2);
  const rest = query.split('&').filter((pair) => !/^snapshot=/i.test(pair));
  return rest.length === 0 || rest[0] === '' ? path : `${path}?${rest.join('&')}`;
}
