import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const ROW = /^\| (\d+) +\| [^|]+ \| ([^|]+) \|/gm;
const NAMED = /`([\w/]+\.test\.ts)`(?: "([^"]+)")?/g;

test('every test that RELIABILITY.md names for a fault is there, and so is what it quotes of it', () => {
  const files = globSync('test/**/*.test.ts', { cwd: root }).map((file) => `/${file.replaceAll('\\', '/')}`);
  const rows = [...readFileSync(join(root, 'docs/RELIABILITY.md'), 'utf8').matchAll(ROW)];
  assert.deepEqual(
    rows.map(([, number]) => Number(number)),
    Array.from({ length: 64 }, (_, i) => i + 1),
  );
  const strays = rows.flatMap(([, number, cell]) =>
    [...cell!.matchAll(NAMED)].flatMap(([, name, quote = '']) => {
      const texts = files.filter((file) => file.endsWith(`/${name}`)).map((file) => readFileSync(join(root, file), 'utf8'));
      return texts.some((text) => text.includes(quote)) ? [] : [`${number}: ${name} "${quote}"`];
    }),
  );
  assert.deepEqual(strays, []);
});
