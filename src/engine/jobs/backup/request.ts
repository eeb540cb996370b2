import type { CatalogueIndex } from '../../chain/recordNames.ts';
import type { PageBlob } from '../../pageBlob.ts';
import type { ProofLevel } from '../../proof/proof.ts';
import type { RecordStore } from '../../recordStore.ts';
import type { TransferChoice } from '../../transfer/pageMover.ts';

/** One backup run of one chain. */
export interface BackupRequest {
  readonly source: PageBlob;
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
  /** Copy every page, also where a difference could be had. */
  readonly full?: boolean;
  readonly transfer?: TransferChoice;
  /** Default: `changed` when pages are relayed, `sample` when the service copies them. */
  readonly proof?: ProofLevel;
  /** How many source snapshots of this chain stay, the newest one counted; at least 1, since the next difference needs it. */
  readonly keepSourceSnapshots?: number;
  /** Take over a backup blob that holds data and has no chain: it is compared with the source and made equal to it. */
  readonly adopt?: boolean;
  /**
   * Asked once the backup blob is held: has another run done meanwhile what this one is for? Then this one throws `superseded` before it does
   * anything. An interrupted run is finished all the same.
   */
  readonly isServed?: ((index: CatalogueIndex) => boolean) | undefined;
}
