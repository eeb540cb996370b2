/** One REST operation, as far as error texts need to know it. */
export interface Operation {
  /** Name in the REST reference. */
  readonly rest: string;
  /** For people, after "Could not". */
  readonly doing: string;
  /** SAS permission letters of which one is enough (REST: Create a service SAS, permissions). */
  readonly letters: string;
  /** Azure RBAC data action (REST: Authorize with Microsoft Entra ID). */
  readonly action: 'read' | 'write' | 'delete' | 'generateUserDelegationKey';
}

/** Every operation that the adapter sends. */
export const OPERATIONS = {
  properties: { rest: 'Get Blob Properties', doing: 'look at', letters: 'r', action: 'read' },
  read: { rest: 'Get Blob', doing: 'read from', letters: 'r', action: 'read' },
  ranges: { rest: 'Get Page Ranges', doing: 'list the pages of', letters: 'r', action: 'read' },
  changes: { rest: 'Get Page Ranges (prevsnapshot)', doing: 'list the changed pages of', letters: 'r', action: 'read' },
  create: { rest: 'Put Blob', doing: 'create', letters: 'cw', action: 'write' },
  resize: { rest: 'Set Blob Properties', doing: 'resize', letters: 'w', action: 'write' },
  raiseEpoch: { rest: 'Set Blob Properties', doing: 'raise the sequence number of', letters: 'w', action: 'write' },
  write: { rest: 'Put Page', doing: 'write to', letters: 'w', action: 'write' },
  writeFrom: { rest: 'Put Page From URL', doing: 'copy pages to', letters: 'w', action: 'write' },
  clear: { rest: 'Put Page (clear)', doing: 'clear pages of', letters: 'w', action: 'write' },
  setMetadata: { rest: 'Set Blob Metadata', doing: 'set the metadata of', letters: 'w', action: 'write' },
  acquireLease: { rest: 'Lease Blob', doing: 'lease', letters: 'w', action: 'write' },
  keepLease: { rest: 'Lease Blob', doing: 'keep the lease of', letters: 'w', action: 'write' },
  createSnapshot: { rest: 'Snapshot Blob', doing: 'take a snapshot of', letters: 'cw', action: 'write' },
  listSnapshots: { rest: 'List Blobs', doing: 'list the snapshots of', letters: 'l', action: 'read' },
  deleteSnapshot: { rest: 'Delete Blob', doing: 'delete', letters: 'd', action: 'delete' },
  startCopy: { rest: 'Copy Blob', doing: 'copy a blob to', letters: 'cw', action: 'write' },
  abortCopy: { rest: 'Abort Copy Blob', doing: 'stop the copy to', letters: 'w', action: 'write' },
  listContainers: { rest: 'List Containers', doing: 'list the containers of', letters: 'l', action: 'read' },
  createContainer: { rest: 'Create Container', doing: 'create', letters: 'cw', action: 'write' },
  listBlobs: { rest: 'List Blobs', doing: 'list the blobs of', letters: 'l', action: 'read' },
  listRecords: { rest: 'List Blobs', doing: 'list the catalogue', letters: 'l', action: 'read' },
  readRecord: { rest: 'Get Blob', doing: 'read the catalogue entry', letters: 'r', action: 'read' },
  createRecord: { rest: 'Put Blob', doing: 'create the catalogue entry', letters: 'cw', action: 'write' },
  discover: { rest: 'Azure Resource Manager', doing: 'look for storage accounts in', letters: '', action: 'read' },
  accountFacts: { rest: 'Get Account Information', doing: 'ask for the kind of', letters: 'rwcdl', action: 'read' },
  containerFacts: { rest: 'Get Container Properties', doing: 'look at the container of', letters: 'r', action: 'read' },
  serviceFacts: { rest: 'Get Blob Service Properties', doing: 'read the settings of', letters: 'r', action: 'read' },
  delegationKey: {
    rest: 'Get User Delegation Key',
    doing: 'get a key for a short-lived SAS of',
    letters: '',
    action: 'generateUserDelegationKey',
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

const LETTERS: Readonly<Record<string, string>> = { r: 'read', w: 'write', c: 'create', d: 'delete', l: 'list' };

/** "w (write)" or "c (create) or w (write)". */
export function lettersText(letters: string): string {
  return letters
    .split('')
    .map((letter) => `${letter} (${LETTERS[letter] ?? '?'})`)
    .join(' or ');
}
