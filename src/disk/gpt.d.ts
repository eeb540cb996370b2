declare module 'gpt' {
  /** The part of the package that partition tables are read with. */
  export default class GPT {
    static readonly PartitionEntry: {
      parse(bytes: Buffer, offset?: number): { readonly type: string; readonly firstLBA: bigint; readonly lastLBA: bigint };
    };
    static parse(bytes: Buffer): GPT;
    parseBackup(bytes: Buffer): GPT;
    parseHeader(bytes: Buffer): GPT;
    /** CRC-32 of a header whose own checksum counts as zeros. */
    checksumHeader(bytes: Buffer): number;
    verify(): boolean;
    readonly headerSize: number;
    readonly headerChecksum: number;
    readonly currentLBA: bigint;
    readonly backupLBA: bigint;
    readonly tableOffset: bigint;
    readonly entries: number;
    readonly entrySize: number;
    readonly tableChecksum: number;
    readonly partitions: readonly { readonly name: string; readonly firstLBA: bigint; readonly lastLBA: bigint }[];
  }
}
