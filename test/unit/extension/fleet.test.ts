import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import type { RecordStore } from '../../../src/engine/recordStore.ts';
import type { FleetRow } from '../../../src/extension/fleet/fleetRow.ts';
import type { FleetNode } from '../../../src/extension/fleet/fleetTree.ts';
import type { PolicySession } from '../../../src/extension/session.ts';
import { FILE, HOUR, parsed, policyOf } from '../../support/extension/scheduleRig.ts';
import { VirtualWorld } from '../../support/memory/virtualWorld.ts';
import { englishVoice } from '../../support/tree/voice.ts';

const CHAINS = 10_000;

/** A fleet that was never really backed up: every chain has one point, and every request is counted. */
class BigFleet {
  readonly world = new VirtualWorld();
  readonly voice = englishVoice(() => this.world.now());
  requests = 0;
  atOnce = 0;
  most = 0;
  listed = 0;
  /** Hours since the disk was looked at, by number of chain. */
  age: (chain: number) => number = () => 0;
  denied = new Set<number>();
  readonly disposed: { dispose(): void }[] = [];

  constructor() {
    this.world.jump(48 * HOUR);
  }

  async open() {
    await import('../../support/vscode/register.ts');
    const { Fleet } = await import('../../../src/extension/fleet/fleet.ts');
    const { standingOf } = await import('../../../src/extension/fleet/standing.ts');
    const { FleetTree } = await import('../../../src/extension/fleet/fleetTree.ts');
    const fleet = new Fleet({ session: this.session, job: { world: this.world }, voice: this.voice });
    const idle = { state: 'idle' } as const;
    const standing = (row: FleetRow) => ({ standing: standingOf(row, idle, this.world.now()), doing: idle, next: this.world.now() });
    const tree = new FleetTree({ fleet, faults: [], standing }, this.voice);
    this.disposed.push(fleet, tree);
    return { fleet, tree };
  }

  get session(): PolicySession {
    const listDisks = this.#disks.bind(this);
    const never = (): never => assert.fail('a blob was asked');
    const blob = (url: string) => ({ url, image: never, snapshots: never }) as never;
    return {
      pageBlob: async (url) => blob(url),
      image: async (url) => blob(url),
      browse: never,
      surroundings: never,
      lister: async () => ({ containers: never, pageBlobs: listDisks }),
      recordStoreFor: async (url) => this.#records(Number(/(\d+)\.vhd$/.exec(url)![1])),
    };
  }

  async *#disks(): AsyncGenerator<{ readonly name: string }> {
    this.listed++;
    for (let i = 0; i < CHAINS; i++) yield { name: `disk${String(i).padStart(5, '0')}.vhd` };
  }

  #records(chain: number): RecordStore {
    const answer = async <T>(value: T): Promise<T> => {
      this.requests++;
      this.most = Math.max(this.most, ++this.atOnce);
      await this.world.sleep(10);
      this.atOnce--;
      if (this.denied.has(chain)) throw new BackupError('accessDenied', 'No access.');
      return value;
    };
    const startedOn = new Date(this.world.now() - this.age(chain) * HOUR).toISOString();
    const proof = { level: 'changed', changed: 512, changedCompared: 512, rest: 0, restCompared: 0 };
    const source = { url: 'https://disks.example/vhds/x', snapshot: 's', createdOn: null, length: 1 << 20 };
    const backup = { url: 'https://backups.example/backups/x', snapshot: 's' };
    const entry = { format: 1, number: 1, kind: 'full', parent: 0, chain: 'c', run: 'r', startedOn, committedOn: startedOn } as const;
    const sizes = { written: 512, cleared: 0, transferred: 512, transfer: 'server' } as const;
    const all: CatalogueEntry = { ...entry, ...sizes, source, backup, proof: proof as CatalogueEntry['proof'] };
    return {
      url: `https://backups.example/backups/${chain}.chain`,
      list: () => answer(['000001.json']),
      read: () => answer(JSON.stringify(all)),
      create: () => assert.fail('something was written'),
    };
  }
}

let big: BigFleet;
afterEach(() => {
  for (const each of big.disposed) each.dispose();
});

const labels = (nodes: readonly FleetNode[]) =>
  nodes.map((node) => (node.kind === 'fleetGroup' ? `${node.group.kind} ${node.group.rows.length}` : node.kind));

describe(`a fleet of ${CHAINS} chains`, () => {
  it('is read with two requests a chain, few at once, and the first rows come first', async () => {
    big = new BigFleet();
    const { fleet } = await big.open();
    await fleet.load([{ uri: FILE, policy: parsed(policyOf()) }]);
    assert.equal(fleet.size, CHAINS);
    assert.deepEqual([big.listed, big.requests], [1, 0]);
    let after: number | undefined;
    let told = 0;
    fleet.onDidChange(() => {
      told++;
      if (told === 100) after = big.requests;
    });
    await fleet.look([...fleet.rows()].map(({ policy, chain }) => `${policy} ${chain.key}`));
    assert.equal(big.requests, 2 * CHAINS);
    assert.equal(told, CHAINS);
    assert.ok(big.most <= 8, `${big.most} requests at once`);
    assert.ok(after! <= 220, `the first 100 rows took ${after} requests`);
  });

  it('can be left at any time, and is gone on with', async () => {
    big = new BigFleet();
    const { fleet } = await big.open();
    await fleet.load([{ uri: FILE, policy: parsed(policyOf()) }]);
    const keys = [...fleet.rows()].map(({ policy, chain }) => `${policy} ${chain.key}`);
    const leaving = new AbortController();
    let told = 0;
    const heard = fleet.onDidChange(() => {
      if (++told === 50) leaving.abort();
    });
    await assert.rejects(fleet.look(keys, leaving.signal), { code: 'cancelled' });
    heard.dispose();
    assert.ok(big.requests <= 2 * 50 + 2 * 8, `${big.requests} requests`);
    const left = [...fleet.rows()].filter(({ askedAt }) => askedAt === undefined);
    assert.ok(left.length > CHAINS - 70);
    await fleet.look(left.slice(0, 10).map(({ policy, chain }) => `${policy} ${chain.key}`));
    assert.equal([...fleet.rows()].filter(({ askedAt }) => askedAt !== undefined).length, CHAINS - left.length + 10);
  });

  it('is shown trouble first, and never more than 500 rows at once', async () => {
    big = new BigFleet();
    big.age = (chain) => (chain % 1000 === 7 ? 40 : 0);
    big.denied.add(3);
    const { fleet, tree } = await big.open();
    await fleet.load([{ uri: FILE, policy: parsed(policyOf()) }]);
    assert.deepEqual(labels(tree.getChildren()), [`unknown ${CHAINS}`]);
    await fleet.look([...fleet.rows()].map(({ policy, chain }) => `${policy} ${chain.key}`));
    const groups = tree.getChildren();
    assert.deepEqual(labels(groups), ['attention 11', `good ${CHAINS - 11}`]);
    const trouble = tree.getChildren(groups[0]).map((node) => tree.getTreeItem(node));
    assert.deepEqual(
      trouble.slice(0, 2).map(({ label, contextValue }) => [label, contextValue]),
      [
        ['disk00003.vhd', 'fleet.unreadable'],
        ['disk00007.vhd', 'fleet.overdue'],
      ],
    );
    assert.match(String(trouble[1]!.description), /^overdue: no good backup for 40 h · next .* · 1 MiB · 512 bytes changed · proven$/);
    const parts = tree.getChildren(groups[1]);
    assert.equal(parts.length, Math.ceil((CHAINS - 11) / 500));
    assert.ok(parts.every((part) => tree.getChildren(part).length <= 500));
    assert.equal(tree.getTreeItem(parts[0]!).label, 'disk00000.vhd … disk00501.vhd');
    const ids = parts.flatMap((part) => tree.getChildren(part)).map(({ id }) => id);
    assert.equal(new Set(ids).size, CHAINS - 11);
  });

  it('has what is worse before what is less bad', async () => {
    const { groupsOf } = await import('../../../src/extension/fleet/fleetGroups.ts');
    const standings = ['good', 'due', 'unverified', 'overdue', 'unknown', 'failed', 'running', 'wrong', 'unreadable'] as const;
    const rows = standings.map((key) => ({ policy: FILE, chain: { key, source: 'https://disks.example/vhds/x' } }) as unknown as FleetRow);
    const groups = groupsOf(rows, ({ chain }) => chain.key as (typeof standings)[number]);
    assert.deepEqual(
      groups.map(({ kind, rows }) => [kind, rows.map(({ chain }) => chain.key).join(' ')]),
      [
        ['attention', 'failed unreadable wrong overdue unverified'],
        ['active', 'running due'],
        ['unknown', 'unknown'],
        ['good', 'good'],
      ],
    );
  });

  it('keeps what it knows of a chain when the policy is read again', async () => {
    big = new BigFleet();
    const { fleet } = await big.open();
    await fleet.load([{ uri: FILE, policy: parsed(policyOf()) }]);
    const [first] = fleet.rows();
    await fleet.look([`${FILE} ${first!.chain.key}`]);
    await fleet.load([{ uri: FILE, policy: parsed(policyOf('1h')) }]);
    const [again] = fleet.rows();
    assert.equal(again!.facts?.points, 1);
    assert.deepEqual(again!.chain.rule.window, { kind: 'every', ms: HOUR });
  });
});
