import type { Operation } from '../operations.ts';

interface Permission {
  /** Any one of these letters will do. */
  readonly letters: string;
  /** The resource type that an account SAS must name: service, container, object. */
  readonly level: 's' | 'c' | 'o';
  /** Only an account SAS, a key or a token will do. */
  readonly accountOnly?: boolean;
  /** Open to everybody where the container is public: its blobs, or also their list. */
  readonly public?: 'blob' | 'container';
}

const READ = { letters: 'r', level: 'o', public: 'blob' } as const;
const WRITE = { letters: 'w', level: 'o' } as const;
const CREATE = { letters: 'cw', level: 'o' } as const;
const ACCOUNT_READ = { letters: 'r', level: 's', accountOnly: true } as const;
const CONTAINER_WRITE = { letters: 'cw', level: 'c', accountOnly: true } as const;

/** By Microsoft's tables for account and service SAS. Empty letters: no SAS will do. */
export const PERMISSIONS: Readonly<Record<Operation, Permission>> = {
  ListContainers: { letters: 'l', level: 's', accountOnly: true },
  GetServiceProperties: ACCOUNT_READ,
  SetServiceProperties: { letters: 'w', level: 's', accountOnly: true },
  GetAccountInfo: { letters: 'racwdl', level: 's' },
  GetUserDelegationKey: { letters: '', level: 's', accountOnly: true },
  CreateContainer: CONTAINER_WRITE,
  DeleteContainer: { letters: 'd', level: 'c', accountOnly: true },
  GetContainerProperties: { letters: 'r', level: 'c', accountOnly: true, public: 'container' },
  SetContainerMetadata: { letters: 'w', level: 'c', accountOnly: true },
  GetContainerAcl: { letters: '', level: 'c', accountOnly: true },
  SetContainerAcl: { letters: '', level: 'c', accountOnly: true },
  ListBlobs: { letters: 'l', level: 'c', public: 'container' },
  PutBlob: CREATE,
  GetBlob: READ,
  GetBlobProperties: READ,
  SetBlobProperties: WRITE,
  GetBlobMetadata: READ,
  SetBlobMetadata: WRITE,
  GetBlobTags: { letters: 't', level: 'o' },
  SetBlobTags: { letters: 't', level: 'o' },
  SetBlobTier: WRITE,
  DeleteBlob: { letters: 'd', level: 'o' },
  DeleteSnapshot: { letters: 'd', level: 'o' },
  UndeleteBlob: WRITE,
  SnapshotBlob: CREATE,
  LeaseBlob: { letters: 'wd', level: 'o' },
  PutPage: WRITE,
  ClearPages: WRITE,
  PutPageFromURL: WRITE,
  GetPageRanges: READ,
  GetPageRangesDiff: READ,
  CopyBlob: CREATE,
  AbortCopyBlob: WRITE,
  IncrementalCopyBlob: CREATE,
  PutBlock: CREATE,
  PutBlockList: CREATE,
  GetBlockList: READ,
  Unknown: { letters: 'racwdl', level: 'o' },
};
