import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Breaks the memory service in many small ways and shows that the contract tests notice each: `node test/support/mutants/contractMutants.ts`.
 * The status is 1 when a mutant lives. Works on a copy.
 */
interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const MUTANTS: readonly Mutant[] = [
  m('create replaces', 'memoryPageBlob.ts', 'if (this.ledger.find(this.url)) throw', 'if (false) throw'),
  m('no limit of 4 MiB', 'checks.ts', 'checkRange(range, MAX_WRITE)', 'checkRange(range)'),
  m('no alignment', 'checks.ts', 'if (!isPageRange(range)) throw', 'if (false) throw'),
  m('writes beyond the end', 'memoryPageBlob.ts', '        checkInside(part, blob.length);\n        const bytes', '        const bytes'),
  m('lengths unchecked', 'checks.ts', 'if (length > MAX_LENGTH) throw', 'if (false) throw'),
  m(
    'zeros are not allocated',
    'sparsePages.ts',
    'bytes: bytes && new Uint8Array(bytes)',
    'bytes: bytes?.some(Boolean) ? new Uint8Array(bytes) : undefined',
  ),
  m(
    'bytes are shared with the caller',
    'sparsePages.ts',
    'bytes && new Uint8Array(bytes) }',
    'bytes }',
    'memoryPageBlob.ts',
    'new Uint8Array(bytes)',
    'bytes',
  ),
  m('clear writes zeros', 'memoryPageBlob.ts', 'range, () => undefined)', 'range, (part) => new Uint8Array(part.end - part.start))'),
  m('snapshots share pages with the blob', 'sparsePages.ts', 'return new SparsePages(this.extents, true);', 'return this;'),
  m(
    'snapshots inherit metadata',
    'ledger.ts',
    'Object.keys(metadata).length > 0 ? { metadata:',
    'Object.keys(metadata).length > 9 ? { metadata:',
  ),
  m(
    'snapshot metadata is merged',
    'ledger.ts',
    '{ metadata: { ...metadata }, etag: `"0x8DF',
    '{ metadata: { ...blob.metadata, ...metadata }, etag: `"0x8DF',
  ),
  m('snapshots listed newest first', 'memoryPageBlob.ts', '[...blob.snapshots.values()]', '[...blob.snapshots.values()].toReversed()'),
  m('a page of snapshots is all', 'memoryPageBlob.ts', 'next = page.length < rest.length', 'next = page.length > rest.length'),
  m('equal snapshot ids', 'ledger.ts', "String(part).padStart(4, '0')", "'0000'"),
  m(
    'differences compare bytes',
    'memoryImage.ts',
    'extent.version > earlier.version;',
    'extent.version > earlier.version && Buffer.compare(content.pages.read(extent), earlier.pages.read(extent)) !== 0;',
  ),
  m(
    'differences leave out clears',
    'memoryImage.ts',
    'extent.version > earlier.version;',
    'extent.version > earlier.version && isAllocated(extent);',
  ),
  m(
    'differences of the base for a snapshot',
    'memoryImage.ts',
    'const content = this.content();\n    const holds',
    'const content = this.ledger.pageBlob(this.url);\n    const holds',
  ),
  m('differences ignored as by Azurite', 'memoryImage.ts', "if (difference === 'ignored') return", 'if (true) return'),
  m(
    'unknown previous snapshot accepted',
    'memoryImage.ts',
    "if (!earlier) throw refusal('previousSnapshotNotFound', 'The previous snapshot is not found.');",
    'if (!earlier) return isAllocated;',
  ),
  m('newer previous snapshot accepted', 'memoryImage.ts', 'own && earlier.version > own.version', 'false'),
  m('differences reach across Put Blob', 'memoryImage.ts', 'if (earlier.generation !== content.generation)', 'if (false)'),
  m('Put Blob loses snapshots', 'ledger.ts', 'snapshots: before.snapshots }', 'snapshots: new Map() }'),
  m(
    'Put Blob keeps the sequence number',
    'ledger.ts',
    'sequenceNumber: 0,',
    "sequenceNumber: before?.kind === 'page' ? before.sequenceNumber : 0,",
  ),
  m(
    'a page off by one in lists',
    'rangeWindows.ts',
    'if (extent.start >= edge) break;\n    const end = Math.min(extent.end, edge);',
    'if (extent.start >= edge) break;\n    const end = Math.min(extent.end, edge) - 1;',
  ),
  m('windows swallow what follows', 'rangeWindows.ts', 'end: last.end, ranges };', 'end: last.end + 1024, ranges };'),
  m('lists end early', 'memoryImage.ts', 'start = window.end;', 'start = within.end;'),
  m(
    'lists are not clipped',
    'sparsePages.ts',
    'yield clip(extent, Math.max(extent.start, range.start), Math.min(extent.end, range.end));',
    'yield extent;',
  ),
  m('touching ranges stay apart', 'rangeWindows.ts', 'if (last && last.end === extent.start) last.end = end;\n    else if', 'if'),
  m('a lease keeps nobody out', 'lease.ts', 'if (id === undefined && active) throw', 'if (false) throw'),
  m('any lease id will do', 'lease.ts', '!active || this.holder?.id !== id', '!active'),
  m('a gone lease still writes', 'lease.ts', '(!active || this.holder?.id !== id)', '(active && this.holder?.id !== id)'),
  m('acquire takes over', 'lease.ts', '(breaking || this.holder?.id !== id)) throw', 'breaking) throw'),
  m('the same id cannot acquire again', 'lease.ts', '(breaking || this.holder?.id !== id)', 'true'),
  m('a touched lease can be renewed', 'lease.ts', 'if (!this.isActive(now)) this.holder = undefined;', ''),
  m(
    'an expired lease cannot be renewed',
    'lease.ts',
    'this.holder.brokenAt !== undefined) throw lost();\n    this.holder.expires',
    'this.holder.brokenAt !== undefined || !this.isActive(now)) throw lost();\n    this.holder.expires',
  ),
  m(
    'a broken lease can be renewed',
    'lease.ts',
    '|| this.holder.id !== id || this.holder.brokenAt !== undefined) throw',
    '|| this.holder.id !== id) throw',
  ),
  m('leases never run out', 'lease.ts', 'return seconds === INFINITE ? Infinity : now + seconds * 1000;', 'return Infinity;'),
  m('any id renews', 'lease.ts', '|| this.holder.id !== id || this.holder.brokenAt', '|| this.holder.brokenAt'),
  m(
    'any id releases',
    'lease.ts',
    'if (this.holder === undefined || this.holder.id !== id) throw lost();\n    this.holder = undefined',
    'if (this.holder === undefined) throw lost();\n    this.holder = undefined',
  ),
  m('change keeps the old id', 'lease.ts', 'holder.id = proposedId;', ''),
  m(
    'resize ignores the lease',
    'memoryPageBlob.ts',
    "this.guarded(options?.fence, 'other', (blob) => this.ledger.resize(blob, length))",
    '{ apply: () => this.ledger.resize(this.ledger.pageBlob(this.url), length) }',
  ),
  m(
    'snapshots of a leased blob need the id',
    'memoryPageBlob.ts',
    'if (leaseId !== undefined) blob.lease.check(',
    'if (true) blob.lease.check(',
  ),
  m('epochs ignored', 'checks.ts', 'fence.epoch !== blob.sequenceNumber', 'false'),
  m('epochs: newer ones pass', 'checks.ts', 'fence.epoch !== blob.sequenceNumber', 'fence.epoch < blob.sequenceNumber'),
  m('epochs: older ones pass', 'checks.ts', 'fence.epoch !== blob.sequenceNumber', 'fence.epoch > blob.sequenceNumber'),
  m('epoch zero is none', 'checks.ts', 'fence?.epoch !== undefined', 'fence?.epoch'),
  m('the epoch can sink', 'memoryPageBlob.ts', 'Math.max(blob.sequenceNumber, epoch)', 'epoch'),
  m(
    'refused writes leave traces',
    'checks.ts',
    'blob.lease.check(fence?.leaseId, now);',
    "if (pages === 'pages') blob.etag += 'x';\n  blob.lease.check(fence?.leaseId, now);",
  ),
  m('setMetadata merges', 'memoryPageBlob.ts', 'blob.metadata = { ...metadata };', 'blob.metadata = { ...blob.metadata, ...metadata };'),
  m('metadata of any size', 'checks.ts', 'size > 8192', 'false'),
  m(
    'a shrunk tail comes back',
    'ledger.ts',
    'if (length < blob.length) blob.pages.forgetFrom(length);',
    '',
    'ledger.ts',
    'if (this.switches.resizeTracked && edge.start < edge.end) blob.pages.put(edge, version, undefined);',
    '',
  ),
  m(
    'service writes read the base for a snapshot',
    'copying.ts',
    'source.ledger.content(source.url, source.snapshot)',
    'source.ledger.content(source.url, undefined)',
  ),
  m(
    'service writes lose the offset',
    'memoryPageBlob.ts',
    'return content.pages.read(part);',
    'return content.pages.read({ start: 0, end: part.end - part.start });',
  ),
  m(
    'service writes skip empty pages',
    'memoryPageBlob.ts',
    'return content.pages.read(part);',
    'return [...content.pages.within(part)].some((extent) => extent.bytes) ? content.pages.read(part) : undefined;',
  ),
  m(
    'an absent copy source says blobNotFound',
    'copying.ts',
    "throw new BackupError('copySourceRefused', 'The service cannot read the source. (memory service)', { cause });",
    'throw cause;',
  ),
  m('copies replace', 'copying.ts', 'if (ledger.find(url)) throw', 'if (false) throw'),
  m(
    "copies take the source's metadata",
    'copying.ts',
    'Object.keys(metadata).length > 0 ? metadata',
    'Object.keys(metadata).length > 9 ? metadata',
  ),
  m('writes into a pending copy', 'checks.ts', 'if (blob.pendingCopy) throw', 'if (false) throw'),
  m('an aborted copy keeps its length', 'ledger.ts', "if (status !== 'success') {\n      blob.length = 0;", "if (status !== 'success') {"),
  m('any copy id aborts', 'memoryPageBlob.ts', '!blob.pendingCopy || blob.copy?.id !== copyId', '!blob.pendingCopy'),
  m('deleteSnapshot of none is fine', 'memoryPageBlob.ts', 'this.ledger.content(this.url, snapshot);\n', ''),
  m('deleteSnapshot deletes all', 'memoryPageBlob.ts', 'blob.snapshots.delete(snapshot);', 'blob.snapshots.clear();'),
  m('a missing snapshot says blobNotFound', 'ledger.ts', "throw refusal('snapshotNotFound'", "throw refusal('blobNotFound'"),
  m('a missing container says blobNotFound', 'ledger.ts', "throw refusal('containerNotFound'", "throw refusal('blobNotFound'"),
  m(
    'block blobs pass as page blobs',
    'ledger.ts',
    "if (blob.kind !== 'page') throw refusal('notPageBlob', `${url} is no page blob.`);\n    return blob;",
    "return (blob.kind === 'page' ? blob : this.put(`${url}#`, { length: 512, metadata: {}, tier: undefined, pages: new SparsePages(), copy: undefined }));",
  ),
  m(
    'aborted signals ignored',
    'memoryClient.ts',
    '    this.assertAlive();\n    throwIfCancelled(request.options?.signal);\n',
    '    this.assertAlive();\n',
    'memoryClient.ts',
    'const signal = request.options?.signal;',
    'const signal = undefined as AbortSignal | undefined;',
  ),
  m(
    'an aborted call takes effect anyway',
    'memoryClient.ts',
    '    throwIfCancelled(request.options?.signal);\n    const record',
    '    if (request.options?.signal?.aborted) this.attempt(request);\n    throwIfCancelled(request.options?.signal);\n    const record',
  ),
  m('records are replaced', 'memoryRecordStore.ts', "if (this.ledger.find(url)) return 'taken';", ''),
  m('records unsorted', 'memoryRecordStore.ts', '.sort()', ''),
  m('records of folders with the same beginning', 'memoryRecordStore.ts', 'const prefix = `${this.url}/`;', 'const prefix = this.url;'),
  m('absent container of records fails', 'memoryRecordStore.ts', "if (isBackupError(error, 'containerNotFound')) return [];", ''),
  m(
    'refusals may be repeated',
    'refusals.ts',
    'return new BackupError(code, `${message} (memory service)`);',
    'return new BackupError(code, `${message} (memory service)`, { retryable: true });',
  ),
  m(
    'refusals leave the effect open',
    'refusals.ts',
    'return new BackupError(code, `${message} (memory service)`);',
    "return new BackupError(code, `${message} (memory service)`, { effect: 'unknown' });",
  ),
];

/** One edit, or two where the first alone changes nothing. */
function m(
  what: string,
  file: string,
  from: string,
  to: string,
  ...second: [] | [file: string, from: string, to: string]
): Mutant & { readonly second?: Mutant } {
  const mutant = { what, file, from, to };
  return second.length === 0 ? mutant : { ...mutant, second: { what, file: second[0], from: second[1], to: second[2] } };
}

const root = join(import.meta.dirname, '../../..');

function contractHolds(mutant: (Mutant & { readonly second?: Mutant }) | undefined): { holds: boolean; failed: readonly string[] } {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    for (const folder of ['test/support/memory', 'test/contract']) cpSync(join(root, folder), join(copy, folder), { recursive: true });
    for (const link of ['src', 'package.json']) symlinkSync(join(root, link), join(copy, link));
    for (const edit of [mutant, mutant?.second]) if (edit) apply(join(copy, 'test/support/memory', edit.file), edit);
    const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', 'test/contract/memory.test.ts'], {
      cwd: copy,
      encoding: 'utf8',
      timeout: 120_000,
    });
    const failed = [...run.stdout.matchAll(/^ {8,}not ok \d+ - (.*)$/gm)].map(([, name]) => name!);
    return { holds: run.status === 0, failed };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function apply(path: string, { what, from, to }: Mutant): void {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`Mutant "${what}" does not fit ${path} any more.`);
  writeFileSync(
    path,
    text.replaceAll(from, () => to),
  );
}

const chosen = process.argv[2];
if (!contractHolds(undefined).holds) throw new Error('The contract does not even hold without a mutant.');
let alive = 0;
for (const mutant of MUTANTS.filter(({ what }) => chosen === undefined || what.includes(chosen))) {
  const { holds, failed } = contractHolds(mutant);
  if (holds) alive++;
  console.log(`${holds ? 'ALIVE ' : 'killed'} ${mutant.what}${holds ? '' : ` (${new Set(failed).size}: ${failed[0] ?? 'no test ended'})`}`);
}
console.log(`${alive} of ${MUTANTS.length} mutants live.`);
process.exitCode = alive > 0 ? 1 : 0;
