import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KeptRestore, ReviewPart, RestoreView, RunPart } from '../../../src/messages/restore.ts';
import { opened } from '../../../webview/restore/opened.ts';

const kept: KeptRestore = { format: 1, backup: '', point: 'a', acceptsWrong: false, kind: 'blob', fields: {}, run: undefined };
const planning = { state: 'planning' } as ReviewPart;
const ready = { state: 'ready' } as ReviewPart;
const failed = { state: 'failed' } as ReviewPart;
const run = { state: 'running' } as RunPart;

interface Stage {
  readonly chosen?: string;
  readonly review?: ReviewPart;
  readonly run?: RunPart;
  readonly fields?: KeptRestore['fields'];
}

function viewOf({ chosen = 'a', fields = {}, ...parts }: Stage): RestoreView {
  return { review: undefined, run: undefined, ...parts, kept: { ...kept, fields }, points: { chosen } } as RestoreView;
}

describe('where the focus goes', () => {
  const cases: [what: string, before: Stage | undefined, now: Stage, to: string | undefined][] = [
    ['a page that was loaded', undefined, { review: ready, run }, undefined],
    ['a plan that is made', {}, { review: planning }, undefined],
    ['a plan that is there', { review: planning }, { review: ready }, 'review'],
    ['a plan that was there at once', {}, { review: ready }, 'review'],
    ['a plan that failed', { review: planning }, { review: failed }, 'review'],
    ['a plan that stays', { review: ready }, { review: ready }, undefined],
    ['a run that was begun', { review: ready }, { review: ready, run }, 'run'],
    ['a run that goes on', { review: ready, run }, { review: ready, run }, undefined],
    ['back from the review', { review: ready }, {}, 'target'],
    ['a review that goes since a field was changed', { review: ready }, { fields: { name: 'b' } }, undefined],
    ['a review that goes since another point was chosen', { review: ready }, { chosen: 'b' }, undefined],
    ['started over', { review: ready, run }, {}, 'points'],
  ];
  for (const [what, before, now, to] of cases) {
    it(`${what}: ${to ?? 'stays'}`, () => assert.equal(opened(before && viewOf(before), viewOf(now)), to));
  }
});
