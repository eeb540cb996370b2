import { isBackupError } from '../../../src/engine/errors.ts';
import type { CallOptions } from '../../../src/engine/pageBlob.ts';
import type { RecordStore } from '../../../src/engine/recordStore.ts';
import type { Ledger } from './ledger.ts';
import { refusal } from './refusals.ts';
import type { Seam } from './seam.ts';

/** `RecordStore` of the memory service: block blobs `<url>/<name>`. */
export class MemoryRecordStore implements RecordStore {
  readonly url: string;
  private readonly seam: Seam;
  private readonly ledger: Ledger;

  constructor(seam: Seam, ledger: Ledger, url: string) {
    this.seam = seam;
    this.ledger = ledger;
    this.url = url.replace(/\/$/, '');
  }

  list(options?: CallOptions): Promise<readonly string[]> {
    const prefix = `${this.url}/`;
    const apply = (): readonly string[] => {
      try {
        const urls = [...this.ledger.containerOf(this.url).keys()];
        return urls
          .filter((url) => url.startsWith(prefix))
          .map((url) => url.slice(prefix.length))
          .sort();
      } catch (error) {
        if (isBackupError(error, 'containerNotFound')) return [];
        throw error;
      }
    };
    return this.seam.call({ operation: 'recordList', writes: false, url: this.url, options, effect: { apply } });
  }

  read(name: string, options?: CallOptions): Promise<string | undefined> {
    const apply = (): string | undefined => {
      try {
        const blob = this.ledger.find(`${this.url}/${name}`);
        if (blob && blob.kind !== 'block') throw refusal('badInput', `${blob.url} is no block blob.`);
        return blob?.text;
      } catch (error) {
        if (isBackupError(error, 'containerNotFound')) return undefined;
        throw error;
      }
    };
    return this.seam.call({ operation: 'recordRead', writes: false, url: this.url, args: { name }, options, effect: { apply } });
  }

  create(name: string, text: string, options?: CallOptions): Promise<'created' | 'taken'> {
    const apply = (): 'created' | 'taken' => {
      const url = `${this.url}/${name}`;
      if (this.ledger.find(url)) return 'taken';
      this.ledger.containerOf(url).set(url, { kind: 'block', url, text });
      return 'created';
    };
    return this.seam.call({
      operation: 'recordCreate',
      writes: true,
      url: this.url,
      args: { name, other: { text } },
      options,
      effect: { apply },
    });
  }
}
