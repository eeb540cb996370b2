declare module 'gpt' {
  /** The part of the package that the tests read partition tables with. */
  export default class GPT {
    static parse(bytes: Buffer): GPT;
    parseBackup(bytes: Buffer): GPT;
    verify(): boolean;
    readonly backupLBA: bigint;
    readonly partitions: readonly { readonly name: string; readonly firstLBA: bigint; readonly lastLBA: bigint }[];
  }
}
