import { BlobSASPermissions, type PageBlobClient } from '@azure/storage-blob';
import { measure, type Measured } from './measure.ts';

/** Downloads a page blob or a snapshot to a file. */
export async function azDownload(binary: string, from: PageBlobClient, path: string, scratch: string): Promise<Measured> {
  const permissions = BlobSASPermissions.parse('r');
  const source = await from.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 3_600_000) });
  return measure(binary, ['copy', source, path, '--from-to', 'BlobLocal', '--output-level', 'quiet', '--check-length=false'], {
    AZCOPY_LOG_LOCATION: scratch,
    AZCOPY_JOB_PLAN_LOCATION: scratch,
    AZCOPY_DISABLE_SYSLOG: 'true',
    AZCOPY_SKIP_VERSION_CHECK: 'true',
  });
}
