import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { WriteGuard } from '../../../src/engine/hold/writeGuard.ts';
import { compareImages } from '../../../src/engine/compare/comparePages.ts';
import type { Image, ReadOptions } from '../../../src/engine/pageBlob.ts';
import { MAX_WRITE, PAGE, type PageRange } from '../../../src/engine/ranges/pageRange.ts';
import { PageMover } from '../../../src/engine/transfer/pageMover.ts';
import { SpareBuffers } from '../../../src/engine/transfer/spareBuffers.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';
import { stage } from '../../support/engine/stage.ts';

const TARGET = 'https://disks.example/vhds/target';
const PIECES = 6;
const piece = (i: number): PageRange => ({ start: i * MAX_WRITE, end: (i + 1) * MAX_WRITE });

/** An image whose pieces hold their own numbers, and all arrays that were filled with them. */
function filling() {
  const arrays = new Set<Uint8Array>();
  const image: Image = {
    label: '/disk.vhd',
    length: async () => PIECES * MAX_WRITE,
    allocated: () => [] as never,
    read: async ({ start, end }: PageRange, { into }: ReadOptions = {}) => {
      const bytes = into ?? new Uint8Array(end - start);
      arrays.add(bytes);
      return bytes.fill(1 + start / MAX_WRITE);
    },
  };
  return { arrays, image };
}

async function moving() {
  const all = stage();
  all.service.foreign.createBlob(TARGET, PIECES * MAX_WRITE);
  const { arrays, image } = filling();
  const { retrier, emit } = all.tools;
  const guard = await WriteGuard.take(all.client.pageBlob(TARGET), all.world, retrier);
  const first = async (i: number) =>
    (
      await all.client
        .pageBlob(TARGET)
        .image()
        .read({ start: i * MAX_WRITE, end: i * MAX_WRITE + PAGE })
    )[0];
  return { ...all, arrays, mover: new PageMover(image, guard, 'relay', retrier, emit), first };
}

describe('SpareBuffers', () => {
  it('lends what was given back, and nothing of another size or of somebody else', () => {
    const spare = new SpareBuffers();
    assert.equal(spare.take(PAGE), undefined);
    const [a, b] = [spare.take(MAX_WRITE)!, spare.take(MAX_WRITE)!];
    assert.notEqual(a, b);
    spare.giveBack(new Uint8Array(MAX_WRITE));
    spare.giveBack(a);
    spare.giveBack(a);
    assert.equal(spare.take(MAX_WRITE), a);
    assert.notEqual(spare.take(MAX_WRITE), a, 'given back twice it is lent once');
  });

  it('a relay of many pieces takes one array', async () => {
    const { arrays, mover, first } = await moving();
    for (let i = 0; i < PIECES; i++) await mover.move(piece(i));
    assert.equal(arrays.size, 1);
    for (let i = 0; i < PIECES; i++) assert.equal(await first(i), i + 1);
  });

  it('bytes that a write which was given up may still send are not written over', async () => {
    const { arrays, mover, service } = await moving();
    service.interceptor = firstCalls('writePages', { kind: 'dropped' });
    await mover.move(piece(0));
    const [sent] = arrays;
    await mover.move(piece(1));
    assert.equal(arrays.size, 2);
    assert.ok(sent!.every((byte) => byte === 1));
  });

  it('an array that a read which failed may still fill is not lent again', async () => {
    const { tools } = stage();
    const { arrays, image } = filling();
    let fails = 1;
    const read: Image['read'] = async (range, options) => {
      const bytes = await image.read(range, options);
      if (fails-- > 0) throw new BackupError('timedOut', 'No answer.', { retryable: true });
      return bytes;
    };
    tools.retrier.giveBack(await tools.retrier.read({ read }, piece(0)));
    tools.retrier.giveBack(await tools.retrier.read({ read }, piece(1)));
    const [failed] = arrays;
    assert.equal(arrays.size, 2);
    assert.ok(failed!.every((byte) => byte === 1));
  });

  it('a comparison of many pieces takes two arrays', async () => {
    const { tools } = stage();
    const { arrays, image } = filling();
    const options = { retrier: tools.retrier, limits: { calls: 1, bytes: 2 * MAX_WRITE } };
    assert.deepEqual(await compareImages(image, image, [{ start: 0, end: PIECES * MAX_WRITE }], options), []);
    assert.equal(arrays.size, 2);
  });
});
