import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { attach } from '../../src/extension/accounts/attachInput.ts';
import { LazyAzureSession } from '../../src/extension/azureSession.ts';
import type { RunSpec } from '../../src/extension/runs/run.ts';
import type { TreeNode } from '../../src/extension/tree/node.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { makeDirectory, type MadeDirectory } from '../support/arm/makeDirectory.ts';
import type { Emulator } from '../support/emulator/emulator.ts';
import { MemoryFiles } from '../support/extension/commandRig.ts';
import { redactedLog } from '../support/extension/redactedLog.ts';
import { BACKUPS, clientOf, DISKS, huntedSas, markedKey, startHuntedEmulator } from '../support/huntedAccounts.ts';
import { SecretHunt } from '../support/secretHunt.ts';
import { englishVoice } from '../support/tree/voice.ts';
import { makeDisk, writeBytes } from '../support/twoAccounts.ts';
import { user } from '../support/vscode/user.ts';
import { progresses } from '../support/vscode/window.ts';

await import('../support/vscode/register.ts');
const { Runs } = await import('../../src/extension/runs/registry.ts');
const { RunNotifications } = await import('../../src/extension/runs/notifications.ts');
const { createTrees } = await import('../../src/extension/tree/createTrees.ts');

const MIB = 1024 * 1024;
const HOUR = 3_600_000;
const never = new AbortController().signal;

/** Accounts attached with each kind of secret; runs, trees and failures; then everything that left the secret storage is looked through. */
describe('secrets in the extension', () => {
  const hunt = new SecretHunt();
  let emulator: Emulator;

  before(async () => {
    emulator = await startHuntedEmulator(hunt);
  });
  after(() => emulator.close());

  const sas = (account: string, permissions?: string, lives?: number): string => huntedSas(emulator, hunt, account, permissions, lives);

  const ways: Record<string, (account: string) => Parameters<typeof attach>[0]> = {
    key: (account) => ({ kind: 'connectionString', text: emulator.connectionString(account) }),
    sas: (account) => ({ kind: 'sas', text: `${emulator.blobEndpoint(account)}?${sas(account)}` }),
    weak: (account) => ({ kind: 'sas', text: `${emulator.blobEndpoint(account)}?${sas(account, 'r')}` }),
    wrong: (account) => ({ kind: 'sas', text: `${emulator.blobEndpoint(account)}?${sas(account).replace(/sig=..../, 'sig=abcd')}` }),
  };

  async function open(way: keyof typeof ways): Promise<{ made: MadeDirectory; session: LazyAzureSession }> {
    const made = makeDirectory();
    for (const account of [DISKS, BACKUPS]) {
      const attached = attach(ways[way]!(account), made.directory.endpoints(), Date.now());
      assert.ok('attachment' in attached, inspect(attached));
      hunt.search(`attachment with ${way}`, inspect(attached, { depth: 9, showHidden: true }) + JSON.stringify(attached));
      await made.directory.attach(attached.attachment);
    }
    const parts = {
      directory: made.directory,
      anybody: () => made.directory.anybody,
      env: {},
      apiVersion: () => undefined,
      userAgent: 'test',
    };
    return { made, session: new LazyAzureSession(parts) };
  }

  for (const way of Object.keys(ways)) {
    it(`attached with a ${way} are in no run, row, notification or line of the log`, async () => {
      const { made, session } = await open(way);
      const { log, lines } = redactedLog();
      const voice = englishVoice(() => Date.now());
      const files = new MemoryFiles();
      user.reset();
      const runs = new Runs({
        session,
        files,
        screen: new RunNotifications(voice),
        log,
        voice,
        world: systemWorld,
        owner: { id: 'here', isAlive: () => true },
        readSettings: () => ({ transfer: 'auto', proof: undefined, limits: { calls: 4, bytes: 16 * MIB } }) as never,
      });
      const disk = await makeDisk(clientOf(emulator, DISKS).getContainerClient('vhds'), `${way}.vhd`, 2 * MIB, [
        { offset: 0, length: 4096, fill: 1 },
      ]);
      const backup = `${emulator.blobEndpoint(BACKUPS)}/backups/${way}.vhd`;
      const specs: RunSpec[] = [
        { job: 'backup', source: disk.url, backup, full: false, adopt: false },
        { job: 'verify', backup, source: disk.url, number: undefined },
        { job: 'copy', source: disk.url, target: `${emulator.blobEndpoint(BACKUPS)}/backups/${way}-copy.vhd` },
        { job: 'backup', source: `${disk.url}-gone`, backup: `${backup}-gone`, full: false, adopt: false },
        {
          job: 'verifyAll',
          place: `${emulator.blobEndpoint(BACKUPS)}/backups`,
          account: emulator.blobEndpoint(BACKUPS),
          container: 'backups',
        },
        { job: 'verify', backup: `${backup}-gone`, source: undefined, number: undefined },
      ];
      for (const spec of specs) {
        const ended = await runs.start(spec);
        if (way === 'key' || way === 'sas')
          assert.equal(ended.state, /-gone/.test(JSON.stringify(spec)) ? 'failed' : 'done', ended.outcome);
        await writeBytes(disk, { offset: MIB, length: 512, fill: 2 });
      }
      const trees = createTrees({ directory: made.directory, session, voice, log, runs, job: { world: systemWorld } });
      const rows = await walk(trees.providers.accounts);
      assert.ok(rows > 2, `${rows} rows`);
      trees.dispose();
      log.error(
        'Failed',
        await session
          .image(`${disk.url}-gone`)
          .then((image) => image.length())
          .catch((error: unknown) => error),
      );
      hunt.search('log', lines.join('\n'));
      hunt.search('notifications', JSON.stringify(user.seen) + JSON.stringify(progresses));
      hunt.search('run records', [...files.texts.values()].join('\n'));
      hunt.search('memory', [...made.memory.texts.values()].join('\n'));
      hunt.search('listing', inspect(await made.directory.list(never), { depth: 9, showHidden: true }));
      hunt.search('session', inspect(session, { depth: 9, showHidden: true }));
      assert.ok(lines.length > 3 && files.texts.size === specs.length);
    });
  }

  async function walk(
    provider: { getChildren(node?: TreeNode): Promise<TreeNode[]> | TreeNode[]; getTreeItem(node: TreeNode): unknown },
    node?: TreeNode,
    depth = 0,
  ): Promise<number> {
    let children = await provider.getChildren(node);
    while (children.some(({ kind }) => kind === 'loading')) {
      await new Promise((resolve) => void setImmediate(resolve));
      children = await provider.getChildren(node);
    }
    let count = children.length;
    for (const child of children) {
      hunt.search(
        `row ${child.row().label}`,
        `${JSON.stringify(child.row())} ${child.card()} ${inspect(provider.getTreeItem(child), { depth: 4 })}`,
      );
      if (depth < 4 && child.kind !== 'problem') count += await walk(provider, child, depth + 1);
    }
    return count;
  }

  it('typed wrongly are in no answer', () => {
    const key = markedKey('a marked key that was mistyped');
    hunt.hide('mistyped key', key);
    const query = sas(DISKS, 'r', -HOUR);
    for (const text of [
      `AccountKey=${key}`,
      `AccountName=a;AccountKey=${key}!`,
      `BlobEndpoint=ftp://x;AccountKey=${key};AccountName=a`,
      `https://x.example/c?${query}`,
      `x?${query}`,
    ])
      for (const kind of ['connectionString', 'sas', 'url', 'emulator'] as const)
        hunt.search(`answer to ${kind}`, inspect(attach({ kind, text }, [], Date.now()), { depth: 9, showHidden: true }));
  });

  it('were looked for in earnest: nothing was found', () => {
    const told = `${hunt.hidden} kinds of secrets, ${hunt.searched} characters`;
    assert.ok(hunt.hidden >= 5 && hunt.searched > 20_000, told);
    assert.deepEqual([...hunt.found], [], told);
  });
});
