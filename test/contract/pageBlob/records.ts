import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

export function recordsContract(use: UseFixture): void {
  describe('records', () => {
    it('are created once and never changed', async () => {
      const records = use().records(`${freshName()}.chain`);
      assert.equal(await records.create('000001.json', '{"a":1}'), 'created');
      assert.equal(await records.create('000001.json', '{"b":2}'), 'taken');
      assert.equal(await records.create('000001.json', '{"a":1}'), 'taken');
      assert.equal(await records.read('000001.json'), '{"a":1}');
    });

    it('are listed by name, ascending, whatever the order they were created in', async () => {
      const records = use().records(`${freshName()}.chain`);
      assert.deepEqual(await records.list(), []);
      const names = ['000010.json', '000002.json', 'verify-000002.json', '000001.json', '000100.json'];
      for (const name of names) await records.create(name, name);
      assert.deepEqual(await records.list(), names.toSorted());
    });

    it('that are not there read as undefined', async () => {
      const records = use().records(`${freshName()}.chain`);
      assert.equal(await records.read('000001.json'), undefined);
      await records.create('000001.json', '{}');
      assert.equal(await records.read('000002.json'), undefined);
    });

    it('of an absent container are none', async () => {
      const records = use().recordsInAbsentContainer();
      assert.deepEqual(await records.list(), []);
      assert.equal(await records.read('000001.json'), undefined);
    });

    it('keep any text', async () => {
      const records = use().records(`${freshName()}.chain`);
      const texts = { empty: '', lines: 'a\r\nb\n\n', words: 'Plattenabbild – 磁盘 💾 \u0000 \ufeff end', long: 'é'.repeat(300_000) };
      for (const [name, text] of Object.entries(texts)) {
        await records.create(name, text);
        assert.equal(await records.read(name), text, name);
      }
    });

    it('of one folder are not those of another whose name begins the same', async () => {
      const name = freshName();
      const [one, two] = [use().records(`${name}.chain`), use().records(`${name}.chain2`)];
      await two.create('000001.json', 'two');
      await use().blob('backup', name).create(PAGE, {});
      assert.deepEqual(await one.list(), []);
      assert.equal(await one.read('000001.json'), undefined);
      assert.equal(await one.create('000001.json', 'one'), 'created');
      assert.equal(await two.read('000001.json'), 'two');
      assert.deepEqual(await one.list(), ['000001.json']);
    });

    it('are won by exactly one of those who create them at the same time', async () => {
      const records = use().records(`${freshName()}.chain`);
      const answers = await Promise.all(Array.from({ length: 8 }, (_, writer) => records.create('000007.json', `writer ${writer}`)));
      assert.equal(answers.filter((answer) => answer === 'created').length, 1);
      assert.equal(await records.read('000007.json'), `writer ${answers.indexOf('created')}`);
    });

    it('may be many', async () => {
      const records = use().records(`${freshName()}.chain`);
      const names = Array.from({ length: 120 }, (_, at) => `${String(at).padStart(6, '0')}.json`);
      for (const name of names) await records.create(name, '{}');
      assert.deepEqual(await records.list(), names);
    });

    it('lie where they say', () => {
      const name = `${freshName()}.chain`;
      assert.match(use().records(name).url, new RegExp(`/${name.replaceAll('.', '\\.')}/?$`));
    });
  });
}
