import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import type { RecoveryPoint } from '../../../src/engine/jobs/points/points.ts';
import type { FieldName } from '../../../src/messages/restore.ts';
import { inputsKey, newBackupUrl, specOf, targetUrl, valueOf } from '../../../src/extension/restore/inputs.ts';
import { keptOf } from '../../../src/extension/restore/kept.ts';
import { answerFor, fieldsOf, isReady, openQuestions, problemOf, questionsOf } from '../../../src/extension/restore/questions.ts';
import type { RestorePlan } from '../../../src/extension/restore/plan.ts';
import {
  canRun,
  initialState,
  reduce,
  type AccountChoice,
  type RestoreEvent,
  type RestoreState,
} from '../../../src/extension/restore/state.ts';
import type { RunRecord } from '../../../src/extension/runs/run.ts';
import { viewOf } from '../../../src/extension/restore/view.ts';
import { english, englishVoice } from '../../support/tree/voice.ts';

const GiB = 1024 ** 3;
const SOURCE = 'https://prod.example/vhds/deep/disk.vhd';
const BACKUP = 'https://vault.example/backups/disk';
const voice = englishVoice(() => Date.parse('2026-11-21T12:00:00Z'));

function pointOf(number: number, state: RecoveryPoint['state'] = 'good'): RecoveryPoint {
  const entry = {
    number,
    kind: 'incremental',
    backup: { url: BACKUP, snapshot: `snapshot${number}` },
    source: { url: SOURCE, snapshot: `source${number}`, createdOn: null, length: 64 * GiB },
    written: 512,
    cleared: 0,
    startedOn: '2026-11-20T12:00:00Z',
    committedOn: '2026-11-20T12:00:00Z',
    proof: { level: 'changed', changed: 1, changedCompared: 1, rest: 0, restCompared: 0 },
  } as unknown as CatalogueEntry;
  return { entry, state };
}

const account = (id: string, premium?: boolean): AccountChoice => ({
  id,
  endpoint: `https://${id}.example`,
  name: id,
  description: '',
  premium,
  location: undefined,
  container: undefined,
});
const ACCOUNTS = [account('prod'), account('vault', false), account('fast', true)];
const POINTS = [pointOf(4), pointOf(3, 'failed'), pointOf(2, 'missing'), pointOf(1)];
const PLAN = { to: 'blob', plan: { warnings: [], length: 1, resumes: false, target: SOURCE } } as unknown as RestorePlan;

const listed: RestoreEvent[] = [
  { type: 'accountsListed', accounts: ACCOUNTS },
  { type: 'pointsListed', points: POINTS, unreadable: [], next: undefined },
];
const begun = (...events: RestoreEvent[]): RestoreState => [...listed, ...events].reduce(reduce, initialState(BACKUP));
const chosen: RestoreEvent = { type: 'pointChosen', point: 'snapshot4' };
const edit = (field: FieldName, value: string): RestoreEvent => ({ type: 'edited', field, value });

/** Answers every open question well. */
function answered(state: RestoreState): RestoreState {
  return openQuestions(state).reduce(
    (next, { name, of }) => reduce(next, { type: 'answered', question: name, answer: { of, checks: {} } }),
    state,
  );
}

function reviewed(state: RestoreState): RestoreState {
  const asked = reduce(answered(state), { type: 'reviewAsked' });
  return reduce(asked, { type: 'planned', of: asked.review!.of, plan: PLAN, picture: undefined });
}

describe('the state of a restore', () => {
  it('suggests the names of the recipe', () => {
    const state = begun(chosen);
    assert.equal(targetUrl(state), 'https://prod.example/vhds/deep/diskrestored.vhd');
    assert.equal(newBackupUrl(state), 'https://vault.example/backups/diskrestored');
    assert.deepEqual(specOf(state), {
      job: 'restore',
      source: SOURCE,
      backup: BACKUP,
      point: 'snapshot4',
      number: 4,
      evenIfFailed: false,
      target: 'https://prod.example/vhds/deep/diskrestored.vhd',
      tier: undefined,
    });
  });

  it('does not take a point that is missing or unknown, and one that is wrong only with consent', () => {
    assert.equal(begun({ type: 'pointChosen', point: 'snapshot2' }).point, undefined);
    assert.equal(begun({ type: 'pointChosen', point: 'made up' }).point, undefined);
    const wrong = begun({ type: 'pointChosen', point: 'snapshot3' });
    assert.equal(specOf(wrong), undefined);
    const accepted = reduce(wrong, { type: 'wrongAccepted', isAccepted: true });
    assert.equal(specOf(accepted)?.evenIfFailed, true);
    assert.equal(reduce(accepted, chosen).acceptsWrong, false, 'consent is for one point');
  });

  it('forgets the container with the account', () => {
    const state = begun(chosen, edit('container', 'mine'), edit('name', 'x.vhd'), edit('account', 'fast'));
    assert.equal(valueOf(state, 'container'), '');
    assert.equal(valueOf(state, 'name'), 'x.vhd');
    assert.equal(problemOf(state, 'container', english), 'Type the name of a container.');
  });

  it('shows tiers where there may be some, and refuses those that are too small', () => {
    assert.ok(!fieldsOf(begun(chosen, edit('account', 'vault'))).includes('tier'));
    const premium = begun(chosen, edit('account', 'fast'), edit('tier', 'P4'));
    assert.equal(problemOf(premium, 'tier', english), 'This tier is too small: the disk has 64 GiB.');
    assert.equal(problemOf(reduce(premium, edit('tier', 'P6')), 'tier', english), undefined);
    const moved = reduce(premium, edit('account', 'vault'));
    assert.equal('tier' in specOf(reduce(moved, edit('container', 'abc')))! && specOf(moved)?.job === 'restore', true);
    assert.equal((specOf(moved) as { tier?: string }).tier, undefined, 'what is not shown does not count');
  });

  it('asks about nothing that is wrong by itself', () => {
    assert.deepEqual(questionsOf(begun()), []);
    assert.deepEqual(questionsOf(begun(chosen, edit('name', 'a//b'))), []);
    assert.deepEqual(
      questionsOf(begun(chosen, edit('continueChain', 'true'))).map(({ name }) => name),
      ['target', 'newBackup'],
    );
    assert.deepEqual(
      questionsOf(begun(chosen, { type: 'targetChosen', kind: 'inPlace' })).map(({ name, place }) => [name, place]),
      [['disk', SOURCE]],
    );
    assert.deepEqual(questionsOf(begun(chosen, { type: 'targetChosen', kind: 'file' }, edit('path', 'relative.vhd'))), []);
  });

  it('refuses one name for the disk and for its backup', () => {
    const state = begun(
      { type: 'pointChosen', point: 'snapshot4' },
      edit('account', 'vault'),
      edit('container', 'backups'),
      edit('name', 'one'),
      edit('continueChain', 'true'),
      edit('newBackup', 'one'),
    );
    assert.equal(problemOf(state, 'newBackup', english), 'The disk itself gets this name. Choose another one.');
  });

  it('never lets an answer to an earlier question stand for a newer one', () => {
    const state = begun(chosen);
    const [first] = questionsOf(state);
    const edited = reduce(state, edit('name', 'other.vhd'));
    const late = reduce(edited, {
      type: 'answered',
      question: 'target',
      answer: { of: first!.of, checks: { name: { state: 'good', text: 'late' } } },
    });
    assert.equal(answerFor(late, 'name', english).state, 'checking');
    assert.ok(!isReady(late));
    assert.ok(isReady(answered(late)));
  });

  it('reviews only what is ready, and takes the plan of that alone', () => {
    const state = begun(chosen);
    assert.equal(reduce(state, { type: 'reviewAsked' }).review, undefined);
    const asked = reduce(answered(state), { type: 'reviewAsked' });
    assert.equal(asked.review!.state, 'planning');
    assert.equal(reduce(asked, { type: 'planned', of: 'another', plan: PLAN, picture: undefined }), asked);
    assert.equal(reduce(asked, { type: 'planFailed', of: 'another', trouble: 'x' }), asked);
    assert.equal(reduce(asked, { type: 'planFailed', of: asked.review!.of, trouble: 'x' }).review!.trouble, 'x');
    assert.ok(canRun(reviewed(state)));
    assert.equal(reduce(reviewed(state), { type: 'wentBack' }).review, undefined);
  });

  const voids: [what: string, event: RestoreEvent][] = [
    ['point', { type: 'pointChosen', point: 'snapshot1' }],
    ['kind of target', { type: 'targetChosen', kind: 'inPlace' }],
    ['account', edit('account', 'fast')],
    ['container', edit('container', 'other')],
    ['name', edit('name', 'other.vhd')],
    ['tier', edit('tier', 'P30')],
    ['chain', edit('continueChain', 'true')],
    ['list of accounts', { type: 'accountsListed', accounts: [] }],
  ];
  for (const [what, event] of voids) {
    it(`voids the review with another ${what}`, () => {
      assert.equal(reduce(reviewed(begun(chosen)), event).review, undefined);
    });
  }

  it('is locked by a run, and starts over once that is not under way', () => {
    const running = reduce(reviewed(begun(chosen)), { type: 'runBegun', id: 'r' });
    assert.ok(!canRun(running));
    for (const [, event] of voids) if (event.type !== 'accountsListed') assert.deepEqual(reduce(running, event), running);
    const record = { id: 'r', state: 'running' } as RunRecord;
    const seen = reduce(running, { type: 'runChanged', record });
    assert.deepEqual(reduce(seen, { type: 'startedOver' }), seen);
    const over = reduce(reduce(seen, { type: 'runChanged', record: { ...record, state: 'done' } }), { type: 'startedOver' });
    assert.deepEqual([over.run, over.review, over.answers], [undefined, undefined, {}]);
    assert.equal(over.point, 'snapshot4');
  });

  it('keeps the points of all pages, each once, newest first', () => {
    const first = begun();
    const more = reduce(first, { type: 'pointsListed', points: [pointOf(1), pointOf(0)], unreadable: [], next: 7 });
    assert.deepEqual(
      more.points.list.map(({ entry }) => entry.number),
      [4, 3, 2, 1, 0],
    );
    assert.equal(more.points.next, 7);
    assert.equal(reduce(more, { type: 'pointsFailed', trouble: 'x' }).points.list.length, 5);
  });

  it('comes back from what the page has kept', () => {
    const state = begun(chosen, edit('name', 'x.vhd'), { type: 'targetChosen', kind: 'file' });
    const back = listed.reduce(reduce, initialState(BACKUP, keptOf(state)));
    assert.deepEqual(
      specOf(reduce(back, { type: 'targetChosen', kind: 'blob' })),
      specOf(reduce(state, { type: 'targetChosen', kind: 'blob' })),
    );
    assert.equal(back.kind, 'file');
  });
});

const anyText = fc.oneof(
  fc.constantFrom('x.vhd', 'a//b', '', 'P4', 'P60', 'true', 'false', 'prod', 'vault', 'fast', '/tmp/x', 'backups'),
  fc.string(),
);
/** What the wizard does besides, in the middle of what its user does: well, badly, or late. */
type Act = 'answer' | 'answer badly' | 'answer all' | 'review' | 'plan' | 'late plan';
const acts: readonly Act[] = ['answer', 'answer badly', 'answer all', 'answer all', 'review', 'review', 'plan', 'plan', 'late plan'];

const anyEvent: fc.Arbitrary<RestoreEvent | Act> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...acts) },
  fc.constantFrom<RestoreEvent>(
    { type: 'pointsAsked' },
    { type: 'pointsFailed', trouble: 'x' },
    { type: 'reviewAsked' },
    { type: 'wentBack' },
    { type: 'runBegun', id: 'r' },
    { type: 'startedOver' },
    { type: 'runChanged', record: undefined },
    { type: 'accountsListed', accounts: [] },
    ...listed,
  ),
  fc.record({
    type: fc.constant('pointChosen' as const),
    point: fc.constantFrom('snapshot4', 'snapshot3', 'snapshot2', 'snapshot1', 'no'),
  }),
  fc.record({ type: fc.constant('wrongAccepted' as const), isAccepted: fc.boolean() }),
  fc.record({ type: fc.constant('targetChosen' as const), kind: fc.constantFrom('blob' as const, 'inPlace' as const, 'file' as const) }),
  fc.record({
    type: fc.constant('edited' as const),
    field: fc.constantFrom<FieldName>('account', 'container', 'name', 'tier', 'continueChain', 'newBackup', 'path'),
    value: anyText,
  }),
);

describe('any sequence of events', () => {
  it('leaves no review that can be run with inputs that are void', () => {
    let runnable = 0;
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        let state = begun(chosen);
        let late = 'none';
        const answer = (check: 'good' | 'bad'): void => {
          const [question] = openQuestions(state);
          if (!question) return;
          const { name, of } = question;
          state = reduce(state, { type: 'answered', question: name, answer: { of, checks: { name: { state: check, text: '' } } } });
        };
        for (const event of events) {
          if (typeof event === 'object') state = reduce(state, event);
          else if (event === 'answer') answer('good');
          else if (event === 'answer badly') answer('bad');
          else if (event === 'answer all') state = answered(state);
          else if (event === 'review') state = reduce(answered(state), { type: 'reviewAsked' });
          else {
            const of = event === 'plan' ? (state.review?.of ?? late) : late;
            state = reduce(state, { type: 'planned', of, plan: PLAN, picture: undefined });
          }
          late = state.review?.of ?? late;
          const view = viewOf(state, voice);
          assert.equal(view.review?.canRun ?? false, canRun(state));
          if (!canRun(state)) continue;
          runnable++;
          assert.equal(state.run, undefined);
          assert.equal(state.review!.of, inputsKey(state));
          assert.equal(state.review!.of, JSON.stringify(specOf(state)));
          assert.deepEqual(openQuestions(state), []);
          for (const field of fieldsOf(state)) assert.equal(problemOf(state, field, english), undefined);
          assert.ok(!view.target!.fields.some(({ check }) => check.state === 'bad' || check.state === 'checking'));
          const point = state.points.list.find(({ entry }) => entry.backup.snapshot === state.point)!;
          assert.ok(point.state === 'good' || (point.state === 'failed' && state.acceptsWrong));
        }
      }),
      { numRuns: 300, examples: [[['review', 'plan']]] },
    );
    assert.ok(runnable > 0, 'nothing could ever be run');
  });
});
