import { backUpByCli, type SampleDisk } from '../../support/sampleDisk.ts';
import { BACKUP, contentOfDisk, type Stage } from './stage.ts';

export interface Chain {
  readonly disk: SampleDisk;
  /** SHA-256 of the disk at its recovery points, oldest first. */
  readonly contents: readonly string[];
}

/** A disk in the container `vhds`, and its chain of so many points in the container `backups` of the other account, made by the command line. */
export async function makeChain(stage: Stage, name: string, { points = 2, seed = 1 } = {}): Promise<Chain> {
  const backups = stage.container(BACKUP, 'backups');
  await backups.createIfNotExists();
  const disk = await stage.disk(name, { seed });
  const contents: string[] = [];
  for (let i = 0; i < points; i++) {
    if (i > 0) await disk.work();
    await backUpByCli(stage.emulator, disk.blob.url, backups.getBlobClient(name).url);
    contents.push(await contentOfDisk(disk));
  }
  return { disk, contents };
}
