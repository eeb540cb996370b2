/** A file below `src/engine`, what stands in it, and what stands there instead. */
type Edit = readonly [file: string, from: string, to: string];

/** One protection of the engine taken away: a textual edit, or several where one alone changes nothing. */
export interface EngineMutant {
  readonly what: string;
  readonly edits: readonly Edit[];
}

const proven = 'proof/provenSnapshot.ts';
const faults = 'proof/findFaults.ts';
const guard = 'hold/writeGuard.ts';
const hold = 'hold/hold.ts';
const run = 'jobs/backup/backupRun.ts';
const plan = 'jobs/backup/plan.ts';
const work = 'jobs/backup/work.ts';
const sources = 'jobs/backup/sourceSnapshots.ts';
const catalogue = 'chain/catalogue.ts';
const rewind = 'jobs/restore/rewind.ts';
const newChain = 'jobs/restore/restoreChain.ts';
const promote = 'jobs/promote/promote.ts';
const promoteRefusals = 'jobs/promote/refusals.ts';
const safety = 'jobs/restore/safetySnapshot.ts';

export const ENGINE_MUTANTS: readonly EngineMutant[] = [
  // Law 3: the proof of the backup snapshot
  m(
    'the backup snapshot is not proven at all',
    proven,
    'await prove(claim, guard.blob.image(snapshot), hold, mover, tools);',
    '{ proof: beginProof(claim.level), mended: { written: 0, cleared: 0, calls: 0 } };',
  ),
  m('its length is not compared', proven, 'if (length !== claim.length) {', 'if (length < claim.length) {'),
  m('its content is not compared', faults, 'await compareImages(original, copy, intersect(selected, both), options);', '[];'),
  m('allocated pages too much are not noticed', faults, 'const surplus = subtract(copied, held);', 'const surplus = [];'),
  m('allocated pages missing are not noticed', faults, 'union(subtract(held, copied), claim', 'union([], claim'),
  m('pages that should have been touched and were not are not noticed', faults, 'claim.touched ? subtract(changed, touched) : []', '[]'),
  m('pages touched without need are not compared', faults, 'const unexpected = subtract(touched, changed);', 'const unexpected = [];', [
    faults,
    'return union(changed, touched);',
    'return changed;',
  ]),
  m('a wrong backup snapshot stays', run, 'const unnamed = [...wrong, snapshot]', 'const unnamed = [snapshot]'),
  m('a rebase is proven no further than asked', run, "if (this.#plan.base === undefined) return 'full';", ''),
  m(
    'a snapshot that the proof needs and that is gone ends the run',
    proven,
    'if (!isDifferenceRefusal(error)) throw error;',
    'throw error;',
  ),
  // Law 2: the one rule of a run
  m('clears are not applied', 'transfer/applyPages.ts', 'await mover.clear(piece, signal);', ''),
  m('clears are not planned', 'transfer/pageWork.ts', 'clear: subtract(touched, heldBySource) }', 'clear: [] }'),
  m('dirt of the backup is ignored', work, 'union(union(changes, dirt), grown)', 'union(changes, grown)'),
  m('a snapshot with the id of the anchor is compared with itself', run, 'snapshot && snapshot === this.#plan.anchor', 'false'),
  m('the grown tail is ignored', work, 'tail < end ? clip', 'false ? clip'),
  m(
    '"unchanged" is believed of the lists alone',
    run,
    'const lists = [original, this.#hold.guard.blob.image(base)]',
    'return true;\n    const lists = [original, this.#hold.guard.blob.image(base)]',
  ),
  // Law 3: the order of a run
  m('requests are not settled', 'transfer/concurrency.ts', 'while (calls > 0) await change();\n  if', 'if'),
  m(
    'the old anchor is deleted before the commit',
    run,
    'const entry = await this.#catalogue.commit(proven, signal);',
    'await deleteOldAnchors(source, proven, 1, this.#catalogue, this.#tools);\n    const entry = await this.#catalogue.commit(proven, signal);',
  ),
  m(
    'the source snapshot is taken before the lease',
    'jobs/backup/run.ts',
    'const hold = await takeHold(',
    'await request.source.createSnapshot({});\n  const hold = await takeHold(',
  ),
  // Law 4 and the catalogue: the commit
  m(
    'the commit does not heed that its number is taken',
    catalogue,
    "if ((await this.#store.create(name, text, { signal })) === 'created') return entry;",
    'await this.#store.create(name, text, { signal });\n        return entry;',
  ),
  m('the catalogue is not looked at again under the lease', 'jobs/backup/run.ts', 'if (newest !== plan.parent) throw', 'if (false) throw'),
  m('a commit whose answer was lost is taken for somebody else’s', catalogue, 'if (there?.run === entry.run) return there;', ''),
  m(
    'a commit whose answer was lost is taken as done',
    catalogue,
    "const there = error.effect === 'unknown' ? await this.#find(entry.number) : undefined;",
    "const there = error.effect === 'unknown' ? entry : undefined;",
  ),
  m(
    'the result is not what the catalogue says',
    catalogue,
    'if (there?.run === entry.run) return there;',
    'if (there?.run === entry.run) return entry;',
  ),
  m(
    'a damaged entry is read as it is',
    'chain/entry.ts',
    'if (!isEntry(value) || value.number !== number) {',
    'if (value === undefined) {',
  ),
  // Law 4: lease and epoch, for progress and cost
  m(
    'the lease is ignored',
    guard,
    "await retrier.repeat('lease', () => blob.acquireLease(first, LEASE_SECONDS, { signal }), signal);",
    '',
    [guard, "retrier.repeat('lease', () => changeLease(blob, oldLeaseId, leaseId, signal), signal),", 'Promise.resolve(),'],
    [guard, 'this.#leaseId = leaseId;', 'this.#leaseId = undefined;'],
    [plan, "if (backupProperties?.lease === 'leased' && !openRun?.paused) throw", 'if (false) throw'],
  ),
  m('a lease keeps the id that it was asked for with', guard, '#begin(blob, first, leaseId,', '#begin(blob, first, first,'),
  m('the lease is not renewed', guard, 'if (now - this.#renewedAt < RENEW_AFTER_MS) return;', 'return;'),
  m('a long silence of the lease does not matter', guard, 'this.#triedAt - this.#renewedAt >= UNSURE_AFTER_MS;', 'false;'),
  m('a renewal that was not heard is a loss', guard, 'if (!silent && isBackupError(error) && error.retryable) return;', ''),
  m(
    'the epoch is not raised after an unknown effect',
    guard,
    "if (isBackupError(error) && error.effect === 'unknown') await this.raiseEpoch(epoch, signal);",
    '',
  ),
  m('writes do not name the epoch', guard, 'send({ leaseId: this.leaseId, epoch })', 'send({ leaseId: this.leaseId, epoch: undefined })'),
  m('a run begins without raising the epoch', guard, 'await guard.raiseEpoch(found.sequenceNumber, signal);', ''),
  m('one’s own higher epoch is taken for another run', guard, 'if (epoch < this.#epoch) continue;', ''),
  m(
    'a lease that still runs is taken over',
    hold,
    "(properties.lease === 'leased' && run.paused === true)",
    "properties.lease === 'leased'",
    [plan, "if (backupProperties?.lease === 'leased' && !openRun?.paused) throw", 'if (false) throw'],
  ),
  m('a run stopped early keeps its lease', guard, "if (!isBackupError(error, 'busy')) {", 'if (false) {'),
  m('a stopped run does not say so', 'hold/journal.ts', 'this.#record = { ...this.#record, paused: true };', ''),
  m('a request for a snapshot that arrives once more makes one of half a disk', safety, 'await guard.changeId();', ''),
  m('a record goes on to name the lease id of before', 'hold/journal.ts', '...change, lease: this.#guard.leaseId };', '...change };'),
  m('a wrong write that arrives once more undoes its mending', proven, 'if (!isRaised) await guard.nextEpoch(signal);', ''),
  // Resuming
  m('an offset is trusted without proof by the lease', hold, 'const applied = taken && resumable?.kind', 'const applied = resumable?.kind'),
  m(
    'an offset is trusted for another kind of run',
    hold,
    'const applied = taken && resumable?.kind === begin.kind ?',
    'const applied = taken && resumable ?',
  ),
  m(
    'an offset is trusted for another source snapshot',
    run,
    'resumed ? { snapshot: id } : { snapshot: id, startedOn, applied: 0, attempt: undefined }',
    '{ snapshot: id, ...(!resumed && { startedOn }) }',
  ),
  m(
    'the watermark is the highest byte done',
    'transfer/concurrency.ts',
    'return lowest.done ? this.#reached : Math.min(this.#reached, lowest.value);',
    'return this.#reached;',
  ),
  m('a resumed run always begins at the start', hold, 'resumable.applied : 0;', '0 : 0;'),
  m(
    'a run that was never interrupted is resumed',
    hold,
    'earlier?.parent === begin.parent && earlier.source === begin.source ? earlier',
    'earlier ? earlier',
  ),
  // Law 5: answers are believed only when certain
  m(
    'a snapshot is repeated blindly',
    'chain/markedSnapshot.ts',
    "if (isBackupError(error) && error.effect === 'unknown') {",
    'if (false) {',
  ),
  m(
    'an unknown effect is taken as done',
    guard,
    'await this.#retrier.pause(what, attempt, error, signal);',
    "if (isBackupError(error) && error.effect === 'unknown') return;\n        await this.#retrier.pause(what, attempt, error, signal);",
  ),
  m(
    'a list with a gap is taken as complete',
    'ranges/rangeWindow.ts',
    'next.done || next.value.start !== expectedStart || next.value.end <= expectedStart',
    'next.done',
  ),
  m(
    'a list that ends early is taken as complete',
    'ranges/rangeWindow.ts',
    'const next = await reader.next();',
    'const next = await reader.next();\n  if (next.done) return { start: expectedStart, end: Infinity, ranges: [] };',
  ),
  m('refusals are repeated', 'transfer/retrier.ts', '!error.retryable ||', ''),
  m('Retry-After is not heeded', 'transfer/retrier.ts', 'Math.max(error.retryAfter ?? 0, ', 'Math.max(0, '),
  m('a broken list begins anew and gives windows twice', 'transfer/retrier.ts', 'start = window.end;', ''),
  // Law 6: differences
  m('no canary', 'chain/canary.ts', 'return false;\n  } catch', 'return true;\n  } catch'),
  m('no canary on the backup', plan, 'givesHonestDifferences(request.backup.image(), retrier, signal),', 'Promise.resolve(true),'),
  m('no canary on the source', plan, 'givesHonestDifferences(request.source.image(), retrier, signal),', 'Promise.resolve(true),'),
  m(
    'a rebase compares with the last point instead of the backup blob',
    run,
    'return rebaseWork({ original, target, within }',
    'return rebaseWork({ original, target: this.#plan.base ? blob.image(this.#plan.base) : target, within }',
  ),
  m(
    'a refused difference ends the run',
    run,
    "if (this.#kind !== 'incremental' || !isDifferenceRefusal(error)) throw error;",
    'throw error;',
  ),
  m(
    'a point that failed its verification is built upon',
    plan,
    'failed: await failedGround(chain, numbers, failed, signal)',
    'failed: undefined',
  ),
  // Law 8: what is deleted, and what is left alone
  m(
    'snapshots are deleted by their mark',
    sources,
    'const [live, { numbers }] = await together([',
    'for await (const each of source.snapshots()) if (each.metadata[KEY.run] && each.id !== tip.source.snapshot) await discard(source, [each.id], undefined, tools);\n  const [live, { numbers }] = await together([',
  ),
  m('a mark that a copy passed on is believed', sources, 'const passedOn = metadata[mark.key] === mark.value;', 'const passedOn = false;'),
  m('the anchor is not kept', sources, 'Math.max(1, keep)', 'keep', [sources, 'live.delete(tip.source.snapshot);', '']),
  m(
    'a failed run deletes its source snapshot',
    'jobs/backup/run.ts',
    '    await pause(hold);',
    '    if (hold.journal.record.snapshot) await request.source.deleteSnapshot(hold.journal.record.snapshot).catch(() => undefined);\n    await pause(hold);',
  ),
  m(
    'unchanged leaves its source snapshot',
    run,
    'await this.#cleanUp(async () => {\n      await discard(this.#request.source, [id], undefined, this.#tools);',
    'await this.#cleanUp(async () => {',
  ),
  m('after the commit the signal still stops the run', run, 'return { ...this.#tools, signal: undefined };', 'return this.#tools;', [
    run,
    'if (!isBackupError(error)) throw error;',
    'throw error;',
  ]),
  m('a blob that is not ours is written', plan, 'if (!openRun && !adopt &&', 'if (false &&'),
  m(
    'a copied mark makes a blob ours',
    plan,
    'if (!openRun && !adopt &&',
    'if (!openRun && !adopt && backupProperties.metadata[KEY.chain] === undefined &&',
  ),
  m('a blob made since the plan is written', 'jobs/backup/run.ts', 'if (isStranger && !request.adopt) throw', 'if (false) throw'),
  m('the blob’s own metadata is lost', 'chain/metadata.ts', '= { ...own };', '= {};'),
  // Law 7: restores
  m('a restore writes over a blob', 'jobs/restore/restoreToBlob.ts', 'if (ours) return;', 'if (metadata) return;'),
  m(
    'a restore target is called complete from the start',
    'jobs/restore/restoreToBlob.ts',
    "[KEY.restore]: 'partial'",
    "[KEY.restore]: 'complete'",
  ),
  m(
    'a restore to a blob is not proven',
    'jobs/restore/makeEqual.ts',
    'await provenSnapshot(claim, hold, mover, tools);',
    "{ snapshot: '', proof: { level }, repaired: { written: 0 } };",
  ),
  m('a point that failed its verification is restored', 'jobs/restore/point.ts', 'if (failed.has(entry.number) &&', 'if (false &&'),
  m(
    'a restored file is not read back',
    'jobs/restore/restoreToFile.ts',
    'const mended = await mend(original, held(0), target, plan, tools);',
    'const mended = 0;',
  ),
  m(
    'a restored file has its name before it is durable',
    'jobs/restore/restoreToFile.ts',
    'await target.checkpoint(plan.length);\n    await target.finish();',
    'await target.finish();',
  ),
  m(
    'a checkpoint says more than is there',
    'jobs/restore/restoreToFile.ts',
    'await target.checkpoint(watermark.value);',
    'await target.checkpoint(await target.length());',
  ),
  m('a restore makes a target for a point that is gone', 'jobs/restore/restoreToBlob.ts', 'await findPoint(request, tools);\n\n', ''),
  m('a file that has appeared is found only at the end', 'jobs/restore/restoreToFile.ts', 'await refuseExisting(target);', ''),
  // Law 7: rewind in place
  m('the safety snapshot is deleted with the others', rewind, 'unneeded: [...wrong, snapshot]', 'unneeded: [...wrong, snapshot, safety]'),
  m('a resumed rewind takes the half disk for the one before', safety, "before[KEY.restore] === 'partial' ?", 'false ?'),
  m('a copy of the disk as it was is taken for a restore', safety, 'without(own, KEY.restore, KEY.restoredFrom, KEY.restoredOn)', 'own'),
  m(
    'a safety snapshot that is gone is asked for again and again',
    safety,
    "if (!isBackupError(error, 'snapshotNotFound')) throw error;",
    'throw error;',
  ),
  m('what was seen before the lease is believed', hold, '...guard.found, lease', '...properties, lease'),
  m('a backup takes half a disk', sources, "return now[KEY.restore] !== 'partial' &&", "return true || now[KEY.restore] !== 'partial' &&"),
  m('a backup takes a disk that was restored around its snapshot', sources, '&& !hasEnded', ''),
  m('an untouched disk stays marked as half rewound', rewind, 'isUntouched ? letGo(hold, before) : hold', 'hold'),
  m('a half rewound disk loses its mark', rewind, 'const isUntouched = safety === undefined &&', 'const isUntouched ='),
  m('a rewind trusts a chain of which it cannot read everything', rewind, 'if (unreadable[0]) {', 'if (false) {'),
  m('a disk that is in use is rewound', rewind, "leaseDuration === 'infinite'", "leaseDuration === 'none'", [
    rewind,
    "if (lease === 'leased' && metadata",
    "if (lease === 'none' && metadata",
  ]),
  m('a mark that finds no room is dropped', rewind, 'if (!hasRoom(metadata, marks)) {', 'if (false) {'),
  m('a disk is rewound to a point of another one', rewind, 'if (entry.source.url !== disk.url) {', 'if (false) {'),
  m(
    'rewind: a snapshot of before stands for a disk that may have been changed since',
    proven,
    'claim.ofBlob && journal.record.touched',
    'false',
  ),
  m('rewind: that it may have been changed is forgotten after a second death', hold, '(!taken || resumable.touched)', '!taken'),
  // Law 7: restore with a chain of its own
  m(
    'restore chain: a point is promoted over a blob that was there',
    'jobs/restore/promotion.ts',
    'if (isOurs && !(length',
    'if (true || !(length',
  ),
  m('restore chain: a point that is gone is begun with', newChain, 'await findPoint(request, tools);\n\n  const there', 'const there'),
  m('restore chain: the snapshot that counts calls itself partial', newChain, '{ ...without(own, KEY.restore), ', '{ ...own, '),
  m(
    'restore chain: what was found wrong counts all the same',
    newChain,
    'if (base.wrong.includes(entry.backup.snapshot) ||',
    'if (false &&',
  ),
  m('restore chain: the snapshot that the record names is thrown away', newChain, '.filter((id) => id !== entry.backup.snapshot)', ''),
  m('restore chain: the anchor that the record names is thrown away', newChain, '.filter((id) => id !== entry.source.snapshot)', ''),
  m('restore chain: what is recorded is done again', newChain, 'if (recorded)\n    return', 'if (recorded && false)\n    return'),
  m(
    'restore chain: the new backup keeps its record of an open run',
    newChain,
    'await (await holdBackupAgain(request, plan.length, afterwards))?.journal.close();',
    '',
  ),
  // Promote: the disk as it was is never lost
  m('promote: no safety snapshot is taken', promote, 'if (!isEmptied) safety = await safetySnapshot(blob, now, tools);', ''),
  m('promote: an emptied blob is taken for the one before', promote, 'if (!isEmptied) safety', 'safety'),
  m('promote: the safety snapshot is taken again', promote, '(await findMarkedSnapshot(blob, mark, retrier, signal)) ??', ''),
  m(
    'promote: what is written meanwhile is overwritten',
    promote,
    '{ replacing: now.etag }, tools)',
    '{ replacing: (await blob.image().properties()).etag }, tools)',
  ),
  m('promote: a copy that failed counts', promote, "if (state.status !== 'success') throw copyFailed(blob, state, safety);", ''),
  m(
    'promote: the result is not compared',
    promote,
    'const proof = await compare(plan, request, image, safety, tools);',
    'const proof = beginProof();',
  ),
  m('promote: a leased blob is overwritten', promoteRefusals, "if (lease === 'leased' || lease === 'breaking') {", 'if (false) {'),
  m('promote: a half restored disk is overwritten', promoteRefusals, "if (metadata[KEY.restore] === 'partial' || open) {", 'if (false) {'),
  // Copies by the service
  m(
    'a promoted blob is believed whoever wrote to it',
    'jobs/restore/promotion.ts',
    "copied === 'before' && isUntouched",
    "copied === 'before'",
  ),
  m(
    'an older copy is taken for the one that was lost',
    'jobs/copy/serviceCopy.ts',
    '&& hasOurMarks(there.metadata, metadata)) return there',
    ') return there',
  ),
  m(
    'another copy is taken for the one that is followed',
    'jobs/copy/serviceCopy.ts',
    'if (copy?.id === last.id) return copy;',
    'if (copy) return copy;',
  ),
  // Verify and copy
  m(
    'verify reads nothing',
    'jobs/verify/verify.ts',
    "if (differing === 0) return { verdict: { ...about, verdict: 'passed', proof }, lasts: true };",
    "return { verdict: { ...about, verdict: 'passed', proof }, lasts: true };",
  ),
  m('verify believes the first bad read', 'jobs/verify/verify.ts', "await read('full')", 'first'),
  m('samples read the same share of the disk each time', 'jobs/verify/verify.ts', 'let stripe = index.verifications;', 'let stripe = 0;'),
  m(
    'a snapshot of the disk that is deleted meanwhile ends a verification',
    'jobs/verify/verify.ts',
    '(await lengthIfThere(original, tools)) !== undefined',
    'true',
  ),
  m(
    'a difference is forgotten where it could not be read again',
    'jobs/verify/verify.ts',
    "return { verdict: { ...about, verdict: 'failed', differing, fault, proof }, lasts: false };",
    "return { verdict: { ...about, verdict: 'structure' }, lasts: false };",
  ),
  m('a rewind is refused on a guess', 'jobs/restore/rewind.ts', 'entry.source.length > length && !isTierInferred', '!isTierInferred'),
  m('two verify one chain at once by a timer', 'jobs/verify/turn.ts', 'if (first === id) return { leave };', 'return { leave };'),
  m('a turn is kept for ever', 'jobs/verify/turn.ts', '< patience);', '< Infinity);'),
  m(
    'a stopped copy runs on at the service',
    'jobs/copy/serviceCopy.ts',
    'return abort(target, begun.id, { ...tools, signal: undefined });',
    'throw error;',
  ),
];

function m(what: string, file: string, from: string, to: string, ...more: readonly Edit[]): EngineMutant {
  return { what, edits: [[file, from, to], ...more] };
}
