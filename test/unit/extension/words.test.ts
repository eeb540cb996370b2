import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PageBlobItem } from '../../../src/azure/browse/accountBrowser.ts';
import { KEY } from '../../../src/engine/chain/metadata.ts';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import type { ChainSummary } from '../../../src/engine/jobs/points/chainSummary.ts';
import type { RecoveryPoint } from '../../../src/engine/jobs/points/points.ts';
import type { Proof } from '../../../src/engine/proof/proof.ts';
import { durationText, percentText, pointsText, rateText } from '../../../src/extension/words/amounts.ts';
import { blobCard, describeBlob, type BlobFacts } from '../../../src/extension/words/blob.ts';
import { chainCard, describeChain } from '../../../src/extension/words/chain.ts';
import { card, escapeMarkdown } from '../../../src/extension/words/markdown.ts';
import { placeOf, urlKey } from '../../../src/extension/words/places.ts';
import { describePoint, pointCard } from '../../../src/extension/words/point.ts';
import { describeProblem, problemOf } from '../../../src/extension/words/problem.ts';
import { badgeOf, type Evidence } from '../../../src/engine/proof/evidence.ts';
import { badgeText, besidesText, proofWord, provenOn, readText } from '../../../src/extension/words/proof.ts';
import { describeSnapshot, type SnapshotRole } from '../../../src/extension/words/snapshot.ts';
import { healthIcon, healthOf, type ChainKnowledge, type Health } from '../../../src/extension/words/standing.ts';
import { agoText, exactText, momentText } from '../../../src/extension/words/times.ts';
import { englishVoice } from '../../support/tree/voice.ts';

const NOW = Date.UTC(2026, 10, 21, 16, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIB = 1024 ** 2;
const TIB = 1024 ** 4;
const voice = englishVoice(() => NOW);
const SOURCE = 'https://mypremiumaccount.blob.core.windows.net/vhds/mypremiumdisk.vhd';
const BACKUP = 'https://mybackupstdaccount.blob.core.windows.net/backups/mypremiumdisk.vhd';

const ALL: Proof = { level: 'changed', changed: 1200 * MIB, changedCompared: 1200 * MIB, rest: 0, restCompared: 0 };

function pointAt(age: number, more: Partial<CatalogueEntry> = {}, state: RecoveryPoint['state'] = 'good'): RecoveryPoint {
  const time = new Date(NOW - age).toISOString();
  const entry: CatalogueEntry = {
    format: 1,
    number: 12,
    kind: 'incremental',
    parent: 11,
    chain: 'c',
    run: 'r',
    backup: { url: BACKUP, snapshot: '2026-11-21T14:00:24.0000001Z' },
    source: { url: SOURCE, snapshot: '2026-11-21T14:00:03.1234567Z', createdOn: null, length: TIB },
    written: 1200 * MIB,
    cleared: 0,
    transferred: 1200 * MIB,
    transfer: 'relay',
    startedOn: time,
    committedOn: time,
    proof: ALL,
    ...more,
  };
  return { entry, state };
}

function known(more: Partial<ChainSummary> = {}): ChainKnowledge & { readonly state: 'known' } {
  const newest = pointAt(2 * HOUR);
  const summary = { points: 12, failed: 0, newest, lastGood: newest, rhythm: 12 * HOUR, open: undefined, backupLength: TIB, ...more };
  return { state: 'known', summary };
}

function facts(more: Partial<BlobFacts> = {}, item: Partial<PageBlobItem> = {}): BlobFacts {
  const blob: PageBlobItem = {
    container: 'vhds',
    name: 'mypremiumdisk.vhd',
    url: SOURCE,
    length: TIB,
    metadata: {},
    lease: 'available',
    infiniteLease: false,
    tier: 'P30',
    createdOn: 'Sat, 14 Nov 2026 10:00:00 GMT',
    snapshots: [],
    ...item,
  };
  return { item: blob, role: 'disk', chain: undefined, partner: undefined, firstBackup: undefined, restore: undefined, ...more };
}

const openRun = (applied: number, kind = 'incremental') => ({
  record: { run: 'r', kind, source: SOURCE, lease: 'l', parent: 12, startedOn: '', applied },
  state: 'interrupted' as const,
});

describe('words', () => {
  it('tell how long ago something was, up to a week', () => {
    const ages = [-DAY, -MINUTE, 0, 59_000, 5 * MINUTE, 2 * HOUR, 47 * HOUR, 6.9 * DAY, 7 * DAY, 400 * DAY].map((age) =>
      agoText(NOW - age, voice),
    );
    assert.deepEqual(ages, [
      'on 22 Nov',
      'just now',
      'just now',
      'just now',
      '5 min ago',
      '2 h ago',
      '1 d ago',
      '6 d ago',
      'on 14 Nov',
      'on 17 Oct 2025',
    ]);
  });

  it('tell a time in the zone of the reader and in UTC', () => {
    assert.equal(momentText(NOW, voice), '21 Nov 16:00');
    assert.equal(momentText(NOW, { ...voice, timeZone: 'Europe/Berlin' }), '21 Nov 17:00');
    assert.equal(momentText(NOW - 300 * DAY, voice), '25 Jan 16:00');
    assert.equal(momentText(NOW - 400 * DAY, voice), '17 Oct 2025 16:00');
    assert.equal(exactText(NOW, { ...voice, timeZone: 'Europe/Berlin' }), '21 Nov 2026 17:00:00 CET · 2026-11-21 16:00:00 UTC');
    assert.equal(exactText(NOW, voice), '21 Nov 2026 16:00:00 UTC');
    assert.match(momentText(NOW, { ...voice, locale: 'de' }), /^21\. Nov\. 16:00$/);
  });

  it('tell amounts', () => {
    assert.deepEqual(
      [400, 7_000, 59_400, 60_000, 125_000, HOUR + 5 * MINUTE, 3 * DAY + 4 * HOUR].map((ms) => durationText(ms, voice)),
      ['0.4 s', '7 s', '59 s', '1 min', '2 min 5 s', '1 h 5 min', '3 d 4 h'],
    );
    assert.deepEqual(
      [1, 1000, 412, 999.9, 1000.1].map((done) => percentText(done, 1000, voice)),
      ['< 1 %', '100 %', '41 %', '99 %', '100 %'],
    );
    assert.deepEqual([pointsText(0, voice), pointsText(1, voice), pointsText(4812, voice)], ['0 points', '1 point', '4,812 points']);
    assert.equal(rateText(58 * MIB), '58 MiB/s');
  });

  it('tell of a disk in one line', () => {
    const line = (more: Partial<BlobFacts>, item: Partial<PageBlobItem> = {}) => describeBlob(facts(more, item), voice).description;
    assert.equal(line({ chain: known() }), '1 TiB · backed up 2 h ago · 12 points');
    assert.equal(line({}, { length: 512 * 1024 ** 3 }), '512 GiB · never backed up');
    const old = pointAt(3 * DAY);
    assert.equal(
      line({ chain: known({ newest: old, lastGood: old }) }, { length: 127 * 1024 ** 3 }),
      '127 GiB · overdue: last good 3 d ago',
    );
    assert.equal(line({ chain: known({ newest: old, lastGood: old, rhythm: undefined }) }), '1 TiB · backed up 3 d ago · 12 points');
    assert.equal(line({ chain: known({ open: openRun(0.414 * TIB) }) }), '1 TiB · interrupted at 41 % · backed up 2 h ago · 12 points');
    assert.equal(
      line({ chain: known({ open: openRun(TIB) }) }),
      '1 TiB · interrupted before it was proven · backed up 2 h ago · 12 points',
    );
    const missing = pointAt(HOUR, {}, 'missing');
    assert.equal(line({ chain: known({ newest: missing }) }), '1 TiB · newest point is missing: last good 2 h ago');
    assert.equal(
      line({ chain: known({ newest: { ...missing, state: 'failed' } }) }),
      '1 TiB · newest point was found wrong: last good 2 h ago',
    );
    assert.equal(line({ chain: known({ newest: missing, lastGood: undefined }) }), '1 TiB · no good point among the newest of 12 points');
    assert.equal(line({ chain: known({ backupLength: undefined }) }), '1 TiB · the backup blob is gone, 12 points lost with it');
    assert.equal(line({ chain: { ...known(), running: { done: 64, total: 100 } } }), '1 TiB · backing up, 64 % · 12 points');
    assert.equal(line({ chain: { state: 'unasked' } }), '1 TiB · has backups');
    assert.equal(line({ restore: openRun(TIB / 4, 'restore') }), '1 TiB · restore interrupted at 25 %');
    assert.equal(line({}, { metadata: { [KEY.restore]: 'partial' } }), '1 TiB · restore not finished');
    assert.equal(
      line({ role: 'backup', partner: SOURCE, chain: known() }),
      '1 TiB · backup of mypremiumdisk.vhd · backed up 2 h ago · 12 points',
    );
  });

  it('speak full sentences to screen readers', () => {
    assert.equal(
      describeBlob(facts({ chain: known() }), voice).speech,
      'Page blob mypremiumdisk.vhd, 1 TiB: backed up 2 h ago · 12 points.',
    );
    assert.equal(
      describePoint(pointAt(2 * HOUR), voice).speech,
      'Recovery point 12 of 21 Nov 14:00: incremental, 1.2 GiB changed, proven.',
    );
    assert.equal(
      describeChain({ source: SOURCE, backup: BACKUP, knowledge: known() }, 'fromSource', voice).speech,
      'Chain of backups from mypremiumaccount / vhds/mypremiumdisk.vhd to mybackupstdaccount / backups/mypremiumdisk.vhd: backed up 2 h ago · 12 points.',
    );
  });

  it('call nothing proven that was not read', () => {
    const sample: Proof = { level: 'sample', changed: 1000, changedCompared: 80, rest: 100, restCompared: 10 };
    const words = (
      [ALL, sample, { ...sample, changedCompared: 5 }, { ...sample, changedCompared: 0 }, { ...ALL, level: 'ranges' }] as const
    ).map((proof) => proofWord(proof, voice));
    assert.deepEqual(words, ['proven', '8 % proven', '< 1 % proven', 'not compared', 'not compared']);
    assert.equal(proofWord({ level: 'ranges', changed: 0, changedCompared: 0, rest: 0, restCompared: 0 }, voice), 'not compared');
  });

  describe('of a proof', () => {
    const sample: Proof = { level: 'sample', changed: 1000, changedCompared: 80, rest: 200, restCompared: 16 };
    const whole: Proof = { level: 'changed', changed: 1200, changedCompared: 1200, rest: 0, restCompared: 0 };
    const made = (proof: Proof, on: string | undefined = new Date(NOW - 2 * DAY).toISOString()): Evidence => ({
      proof,
      by: 'backup',
      on,
      run: 'r',
    });
    const verified = (proof: Proof, age = 2 * HOUR): Evidence => ({ proof, by: 'verify', on: new Date(NOW - age).toISOString(), run: 'v' });

    it('say what was read, and when', () => {
      const texts = [
        made({ ...sample, level: 'changed', changedCompared: 1000 }),
        made({ ...sample, changedCompared: 1000, restCompared: 0 }),
        made(sample),
        made(whole),
        made({ ...whole, changedCompared: 5 }),
        made({ ...sample, changed: 0, changedCompared: 0 }),
        made({ ...sample, level: 'ranges' }),
        { ...made(sample), on: 'no time' },
      ].map((evidence) => badgeText(badgeOf(evidence), voice));
      assert.deepEqual(texts, [
        'proven 2 d ago: all changed pages, 8 % of the rest',
        'proven 2 d ago: all changed pages',
        'proven 2 d ago: 8 % of the changed pages, 8 % of the rest',
        'proven 2 d ago: every page',
        'proven 2 d ago: < 1 % of the pages',
        'proven 2 d ago: what changed is empty in both, 8 % of the rest',
        'not compared: length and allocated pages agree',
        'proven: 8 % of the changed pages, 8 % of the rest',
      ]);
    });

    it('name the verification that read more, and never add up what two have read', () => {
      const later = badgeOf(made(sample), [verified({ ...whole, level: 'sample', changedCompared: 600 })]);
      assert.equal(badgeText(later, voice), 'proven 2 h ago: 50 % of the pages');
      assert.equal(
        besidesText(later, voice),
        'The run that made it had read 8 % of the changed pages, 8 % of the rest; perhaps the same pages.',
      );
      const earlier = badgeOf(made({ ...sample, changedCompared: 1000 }), [verified({ ...whole, level: 'sample', changedCompared: 120 })]);
      assert.equal(badgeText(earlier, voice), 'proven 2 d ago: all changed pages, 8 % of the rest');
      assert.equal(besidesText(earlier, voice), 'A verification 2 h ago read 10 % of the pages; perhaps the same pages.');
      assert.equal(besidesText(badgeOf(made(sample), [verified(whole)]), voice), undefined);
    });

    it('tell the exact time and the bytes in a tooltip', () => {
      assert.equal(provenOn(badgeOf(made(sample)), voice), '19 Nov 2026 16:00:00 UTC');
      assert.equal(provenOn(badgeOf(made({ ...sample, level: 'ranges' })), voice), '');
      assert.equal(readText(badgeOf(made(sample)), voice), '80 bytes of 1000 bytes that changed, 16 bytes of 200 bytes of the rest');
      const card = pointCard({ ...pointAt(HOUR, { proof: sample }), later: [verified(whole)] }, voice);
      assert.match(card, /Compared on: \*\*21 Nov 2026 14\\:00\\:00 UTC\*\*/);
      assert.match(card, /\n\nProven 2 h ago\\: every page\\\.$/);
      assert.doesNotMatch(pointCard({ ...pointAt(HOUR, {}, 'failed'), later: [verified(whole)] }, voice), /[Pp]roven|Compared/);
    });
  });

  it('tell points with their kind, bytes and proof', () => {
    assert.deepEqual(
      [
        pointAt(2 * HOUR),
        pointAt(2 * HOUR, { kind: 'full', written: 212 * 1024 ** 3 }, 'failed'),
        pointAt(HOUR, { kind: 'rebase', cleared: MIB }, 'missing'),
      ].map((point) => `${describePoint(point, voice).label} — ${describePoint(point, voice).description}`),
      [
        '21 Nov 14:00 — incremental · 1.2 GiB · proven',
        '21 Nov 14:00 — full · 212 GiB · found wrong',
        '21 Nov 15:00 — rebase · 1.2 GiB · missing',
      ],
    );
    assert.match(pointCard(pointAt(HOUR, {}, 'missing'), voice), /cannot be restored/);
    const sampled = pointAt(HOUR, { proof: { ...ALL, level: 'sample', changedCompared: 100 * MIB } });
    assert.match(describePoint(sampled, voice).description, /8 % proven$/);
    assert.match(
      describePoint({ ...sampled, later: [{ proof: ALL, by: 'verify', on: undefined, run: 'v' }] }, voice).description,
      / · proven$/,
    );
  });

  it('give every state a shape of its own', () => {
    const states: Health[] = ['good', 'running', 'interrupted', 'overdue', 'newestBad', 'noneGood', 'empty'];
    const shapes = states.map((health) => healthIcon(health, { id: 'database' }).id);
    assert.equal(new Set(shapes).size, shapes.length);
    const partial = pointAt(HOUR, { proof: { ...ALL, changedCompared: 1 } });
    const none = pointAt(HOUR, { proof: { ...ALL, level: 'ranges' } });
    const points = [pointAt(HOUR), partial, none, pointAt(HOUR, {}, 'missing'), pointAt(HOUR, {}, 'failed')].map(
      (point) => describePoint(point, voice).icon.id,
    );
    assert.equal(new Set(points).size, points.length);
    const roles: SnapshotRole[] = ['anchor', 'earlier', 'open', 'orphan', 'safety', 'foreign'];
    const item = { id: '2026-11-21T14:00:03.1234567Z', metadata: {}, length: TIB };
    const rows = roles.map((role) => describeSnapshot({ item, role, point: 3, needs: [] }, voice));
    assert.equal(new Set(rows.map(({ icon }) => icon.id)).size, roles.length);
    assert.equal(rows[0]!.description, 'anchor · point 3');
  });

  it('leave a snapshot its id where it is no time', () => {
    const item = { id: 'opaque', metadata: {}, length: 0 };
    assert.equal(describeSnapshot({ item, role: 'foreign', point: undefined, needs: [] }, voice).label, 'opaque');
  });

  it('escape names in cards', () => {
    assert.equal(escapeMarkdown('a_b*[x](command:y)`<i>\n# $(zap)'), 'a\\_b\\*\\[x\\]\\(command\\:y\\)\\`\\<i\\> \\# \\$\\(zap\\)');
    assert.equal(card('T', [['A', 'b'], undefined, ['C', '']], [undefined, 'S.']), '### T\n\nA: **b**\n\nS\\.');
    assert.match(blobCard(facts({}, { name: '<b>' }), voice), /^### \\<b\\>\n/);
    assert.match(
      chainCard({ source: SOURCE, backup: BACKUP, knowledge: known() }, voice),
      /Newest point: \*\*number 12\\, 1\\\.2 GiB changed\*\*/,
    );
  });

  it('tell a problem in plain words, with what mends it', () => {
    const denied = problemOf(new BackupError('accessDenied', 'Storage Blob Data Reader is missing.', { hint: 'Ask for it.' }), voice);
    assert.deepEqual(denied, {
      reason: 'No access',
      text: 'Storage Blob Data Reader is missing.',
      fullText: 'Storage Blob Data Reader is missing. Ask for it.',
      remedy: 'retry',
    });
    assert.equal(problemOf(new BackupError('signInNeeded', 'Sign in.'), voice).remedy, 'signIn');
    const bug = problemOf(new TypeError('x is not a function'), voice);
    assert.doesNotMatch(JSON.stringify(bug), /not a function/);
    assert.equal(describeProblem(denied, voice).speech, 'No access: Storage Blob Data Reader is missing. Select to try again.');
  });

  it('know places by their URLs', () => {
    assert.deepEqual(placeOf(SOURCE), { account: 'mypremiumaccount', path: 'vhds/mypremiumdisk.vhd', name: 'mypremiumdisk.vhd' });
    assert.deepEqual(placeOf('http://127.0.0.1:10000/devstoreaccount1/vhds/a%20b.vhd'), {
      account: 'devstoreaccount1',
      path: 'vhds/a b.vhd',
      name: 'a b.vhd',
    });
    assert.equal(urlKey('http://localhost:10000/dev/vhds/a?snapshot=x'), urlKey('http://127.0.0.1:10000/dev/vhds/a'));
  });

  it('say how a chain stands only when it is known', () => {
    assert.equal(healthOf({ state: 'asking' }, NOW), 'unknown');
    assert.equal(healthOf({ state: 'unreadable', reason: 'x' }, NOW), 'unreadable');
  });
});
