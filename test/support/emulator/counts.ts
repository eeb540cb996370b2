/** What went through the server since the start or the last reset. */
export interface Counts {
  requests: number;
  byOperation: Record<string, number>;
  byAccount: Record<string, number>;
  /** Request and answer bodies. */
  bytesIn: number;
  bytesOut: number;
  pages: {
    /** Bytes written by Put Page. */
    put: number;
    /** Bytes written by Put Page From URL. */
    putFromUrl: number;
    /** Bytes cleared by Put Page. */
    cleared: number;
    /** Bytes of page blobs that Get Blob answered. */
    read: number;
  };
}

export function noCounts(): Counts {
  return {
    requests: 0,
    byOperation: {},
    byAccount: {},
    bytesIn: 0,
    bytesOut: 0,
    pages: { put: 0, putFromUrl: 0, cleared: 0, read: 0 },
  };
}
