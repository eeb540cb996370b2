import { crc64, md5 } from '../checksums.ts';
import { invalidHeader, StorageError } from '../errors.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Checks the body against the checksum that came with it, one of Content-MD5 and x-ms-content-crc64.
 * @returns the checksum for the answer: the one that was asked for, CRC64 if none
 */
export function checkTransfer(headers: Headers, body: Buffer): Record<string, string> {
  return checkBytes(body, headers, 'content-md5', 'x-ms-content-crc64');
}

/** The same for bytes that Put Page From URL has read at the source. */
export function checkSourceBytes(headers: Headers, bytes: Buffer): Record<string, string> {
  return checkBytes(bytes, headers, 'x-ms-source-content-md5', 'x-ms-source-content-crc64');
}

function checkBytes(bytes: Buffer, headers: Headers, md5Name: string, crcName: string): Record<string, string> {
  const [wantedMd5, wantedCrc] = [headers[md5Name], headers[crcName]];
  if (wantedMd5 !== undefined && wantedCrc !== undefined) throw invalidHeader(crcName, wantedCrc);
  if (wantedMd5 !== undefined) {
    if (Buffer.from(wantedMd5, 'base64').length !== 16) throw new StorageError('InvalidMd5');
    const found = md5(bytes);
    if (found !== wantedMd5)
      throw new StorageError('Md5Mismatch', { details: { UserSpecifiedMd5: wantedMd5, ServerCalculatedMd5: found } });
    return { 'content-md5': found };
  }
  const found = crc64(bytes);
  if (wantedCrc !== undefined && found !== wantedCrc) {
    throw new StorageError('Crc64Mismatch', { details: { UserSpecifiedCrc: wantedCrc, ServerCalculatedCrc: found } });
  }
  return { 'x-ms-content-crc64': found };
}
