import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ENGINE_MUTANTS } from '../support/mutants/engineMutants.ts';

const ENGINE = join(import.meta.dirname, '../../src/engine');

test('every protection that `npm run mutants` takes away is where it says', () => {
  const strays = ENGINE_MUTANTS.flatMap(({ what, edits }) =>
    edits.filter(([file, from]) => !readFileSync(join(ENGINE, file), 'utf8').includes(from)).map(([file]) => `${what} (${file})`),
  );
  assert.deepEqual(strays, []);
  assert.ok(ENGINE_MUTANTS.length > 100);
});
