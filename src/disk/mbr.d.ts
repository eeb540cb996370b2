declare module 'mbr' {
  interface MbrPartition {
    /** 0x80: active, 0: not; anything else is no entry. */
    readonly status: number;
    readonly type: number;
    readonly firstLBA: number;
    readonly sectors: number;
    readonly extended: boolean;
  }
  /** The part of the package that partition tables are read with. */
  const MBR: {
    readonly Partition: { parse(bytes: Buffer, start?: number, end?: number): MbrPartition };
  };
  export default MBR;
}
