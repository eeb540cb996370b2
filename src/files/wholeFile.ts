import type { FileHandle } from 'node:fs/promises';
import { BackupError } from '../engine/errors.ts';

/** Exactly `length` bytes from `offset`. @throws fileProblem when the file ends before */
export async function readWhole(file: FileHandle, offset: number, length: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) {
      throw new BackupError('fileProblem', `${path} became shorter while it was read.`, { hint: 'Is another program writing to it?' });
    }
    done += bytesRead;
  }
  return bytes;
}

/** All of `bytes` at `offset`: the system may take them in parts. */
export async function writeWhole(file: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }
}
