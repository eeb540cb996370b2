import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DiskOracle, sha256OfRanges } from '../support/oracle.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the oracle', () => {
  it('remembers every state byte by byte, whatever comes later', async () => {
    const pages = 16;
    const action = fc.oneof(
      fc.record({ do: fc.constant('write' as const), from: fc.nat(pages - 1), count: fc.integer({ min: 1, max: 4 }), fill: fc.nat(255) }),
      fc.record({
        do: fc.constant('clear' as const),
        from: fc.nat(pages - 1),
        count: fc.integer({ min: 1, max: 4 }),
        fill: fc.constant(0),
      }),
      fc.record({ do: fc.constant('resize' as const), from: fc.nat(pages), count: fc.constant(0), fill: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        const oracle = new DiskOracle(pages * 512);
        let plain = Buffer.alloc(pages * 512);
        const states: Buffer[] = [];
        for (const [i, { do: what, from, count, fill }] of actions.entries()) {
          const start = from * 512;
          const end = Math.min(plain.length, start + count * 512);
          if (what === 'resize') {
            await oracle.resize(start);
            plain = Buffer.concat([plain.subarray(0, start), Buffer.alloc(Math.max(0, start - plain.length))]);
          } else if (start < end) {
            if (what === 'write') await oracle.writePages(start, Buffer.alloc(end - start, fill));
            else await oracle.clearPages({ start, end });
            plain.fill(fill, start, end);
          }
          oracle.remember(`${i}`);
          states.push(Buffer.from(plain));
        }
        for (const [i, state] of states.entries()) {
          assert.equal(oracle.length(`${i}`), state.length);
          assert.deepEqual(oracle.read({ start: 0, end: state.length }, `${i}`), state);
          assert.equal(await oracle.sha256(`${i}`), sha256(state));
        }
      }),
    );
  });

  it('tells written zeros from pages that were never written', async () => {
    const oracle = new DiskOracle(2048);
    await oracle.writePages(512, Buffer.alloc(512));
    await oracle.writePages(1024, Buffer.alloc(512));
    assert.deepEqual(oracle.allocated(), [{ start: 512, end: 1536 }]);
    await oracle.clearPages({ start: 512, end: 1024 });
    assert.deepEqual(oracle.allocated(), [{ start: 1024, end: 1536 }]);
  });

  it('refuses what is not on the disk, and names it does not know', async () => {
    const oracle = new DiskOracle(1024);
    await assert.rejects(oracle.writePages(512, Buffer.alloc(1024)), RangeError);
    await assert.rejects(oracle.clearPages({ start: 0, end: 100 }), RangeError);
    oracle.remember('once');
    assert.throws(() => oracle.remember('once'), /already/);
    assert.throws(() => oracle.length('twice'), /never remembered/);
  });

  it('hashes a sparse image without reading its holes', async () => {
    const length = 5 * 1024 ** 2 + 512;
    const whole = Buffer.alloc(length);
    whole.fill(7, 3_145_728, 4_718_592);
    const asked: number[] = [];
    const hash = await sha256OfRanges(length, [{ start: 3_145_728, end: 4_718_592 }], async ({ start, end }) => {
      asked.push(end - start);
      return whole.subarray(start, end);
    });
    assert.equal(hash, sha256(whole));
    assert.deepEqual(asked, [1024 ** 2, 512 * 1024]);
  });

  it('refuses ranges out of order and answers of another length', async () => {
    const read = async (): Promise<Uint8Array> => Buffer.alloc(512);
    const backwards = [
      { start: 1024, end: 1536 },
      { start: 0, end: 512 },
    ];
    await assert.rejects(sha256OfRanges(2048, backwards, read), /go back/);
    await assert.rejects(sha256OfRanges(2048, [{ start: 0, end: 1024 }], read), /not what was asked/);
  });
});
