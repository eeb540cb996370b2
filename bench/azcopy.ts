import { BlobSASPermissions, type PageBlobClient } from '@azure/storage-blob';
import { measure, type Measured } from './measure.ts';

/** Copies a page blob whole from account to account: Put Page From URL, as ours with server transfer. */
export async function azCopy(binary: string, from: PageBlobClient, to: PageBlobClient, scratch: string): Promise<Measured> {
  const [source, target] = await Promise.all([from, to].map(signed));
  const args = [
    'copy',
    source!,
    target!,
    '--from-to',
    'BlobBlob',
    '--blob-type',
    'PageBlob',
    '--output-level',
    'quiet',
    '--check-length=false',
  ];
  return measure(binary, args, {
    AZCOPY_LOG_LOCATION: scratch,
    AZCOPY_JOB_PLAN_LOCATION: scratch,
    AZCOPY_DISABLE_SYSLOG: 'true',
    AZCOPY_SKIP_VERSION_CHECK: 'true',
  });
}

function signed(blob: PageBlobClient): Promise<string> {
  const permissions = BlobSASPermissions.parse('racwd');
  return blob.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 3_600_000) });
}
