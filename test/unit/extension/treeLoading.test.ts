import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { accountOf, BACKUPS, DISKS, textOf, TreeRig } from '../../support/tree/treeRig.ts';
import { user } from '../../support/vscode/user.ts';

/** Never answers until its signal aborts. */
function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new BackupError('cancelled', 'Stopped.'))));
}

function blobs(rig: TreeRig, ...names: string[]): void {
  for (const name of names) rig.chain.service.foreign.createBlob(`${DISKS}/vhds/${name}`, PAGE);
}

describe('loading in the tree', () => {
  it('draws containers where several have page blobs, and skips those levels that have one', async () => {
    const rig = await new TreeRig().open();
    rig.containers[DISKS] = ['images', 'vhds'];
    rig.chain.service.addContainer(`${DISKS}/images`);
    rig.chain.service.foreign.createBlockBlob(`${DISKS}/images/a.png`, 'x');
    assert.deepEqual(await rig.texts(await rig.row('disks')), ['disk.vhd — 8 KiB · never backed up']);
    rig.chain.service.foreign.createBlob(`${DISKS}/images/b.vhd`, PAGE);
    rig.trees.refresh();
    assert.deepEqual(await rig.texts(await rig.row('disks')), ['images', 'vhds']);
    assert.deepEqual(await rig.texts(await rig.row('disks', 'images')), ['b.vhd — 512 bytes · never backed up']);
    assert.equal(textOf(await rig.row('disks', 'images')), 'images — 1 page blob');
  });

  it('says what a container without page blobs holds', async () => {
    const rig = await new TreeRig().open();
    for (const name of ['a', 'b', 'c']) rig.chain.service.foreign.createBlockBlob(`${BACKUPS}/backups/${name}`, 'x');
    assert.deepEqual(await rig.texts(await rig.row('backups')), ['No page blobs here. — This container holds 3 block blobs.']);
  });

  it('loads on by its last row, in order and without doubles', async () => {
    const rig = await new TreeRig().open();
    rig.control.pageSize = 1;
    const names = Array.from({ length: 25 }, (_, i) => `x${String(i).padStart(2, '0')}`);
    blobs(rig, ...names);
    const account = await rig.row('disks');
    const rows = await rig.rows(account);
    assert.equal(rows.length, 21);
    const more = rows.at(-1)!;
    assert.equal(textOf(more), 'Load more — 20 so far');
    assert.deepEqual(rig.provider.getTreeItem(more).command, { command: 'pageBlobBackup.loadMore', title: 'Load more', arguments: [more] });
    rig.trees.loadMore(more);
    assert.deepEqual(
      (await rig.rows(account)).map((row) => row.row().label),
      ['disk.vhd', ...names],
    );
  });

  it('tells an account that cannot be listed, and lists it on Retry', async () => {
    const rig = await new TreeRig().open();
    rig.control.before = (what) => {
      if (what.startsWith('containers https://backups')) throw rig.denied('Storage Blob Data Reader is missing.');
    };
    const account = await rig.row('backups');
    const [problem] = await rig.rows(account);
    assert.equal(textOf(problem!), 'No access — Storage Blob Data Reader is missing.');
    assert.equal(problem!.row().item, 'problem.retry');
    assert.equal(textOf(account), 'backups — No access');
    assert.equal(account.row().icon.id, 'warning');
    rig.control.before = () => undefined;
    rig.trees.retry(problem);
    assert.deepEqual(await rig.texts(account), ['No page blobs here. — This container is empty.']);
    assert.equal(textOf(account), 'backups — attached');
  });

  it('repeats what may succeed on another try', async () => {
    const rig = await new TreeRig().open();
    let failures = 2;
    rig.control.before = () => {
      if (failures-- > 0) throw new BackupError('throttled', 'Too busy.', { retryable: true });
    };
    assert.deepEqual(await rig.texts(await rig.row('disks')), ['disk.vhd — 8 KiB · never backed up']);
  });

  it('offers the sign-in where accounts are missing for want of it', async () => {
    const rig = await new TreeRig().open();
    rig.listing = {
      accounts: [accountOf(DISKS)],
      problems: [{ label: 'Contoso', text: 'This directory wants a sign-in.', remedy: 'signIn' }],
      signedIn: true,
    };
    assert.deepEqual(await rig.texts(), ['disks — attached', 'Contoso — This directory wants a sign-in.']);
    rig.listing = { accounts: [accountOf(DISKS)], problems: [], signedIn: false };
    rig.accountsChanged.fire();
    const [, signedOut] = await rig.rows();
    assert.equal(textOf(signedOut!), 'Not signed in — Sign in to see the accounts of your subscriptions.');
    assert.equal(rig.provider.getTreeItem(signedOut!).command?.command, 'pageBlobBackup.signIn');
    rig.listing = { accounts: [], problems: [], signedIn: false };
    rig.accountsChanged.fire();
    assert.deepEqual(await rig.rows(), [], 'the welcome view speaks');
  });

  it('sets the context keys that menus and welcome texts go by', async () => {
    const rig = await new TreeRig().open();
    user.reset();
    await rig.rows();
    assert.deepEqual(user.executed, [
      ['setContext', 'pageBlobBackup.hasAccounts', true],
      ['setContext', 'pageBlobBackup.signedIn', true],
    ]);
  });

  it('shows that it is loading, then the rows, with one event', async () => {
    const rig = await new TreeRig().open();
    const account = await rig.row('disks');
    const gate = Promise.withResolvers<void>();
    rig.control.before = () => gate.promise;
    assert.deepEqual((await rig.provider.getChildren(account)).map(textOf), ['Loading…']);
    const event = new Promise((resolve) => void rig.provider.onDidChangeTreeData(resolve));
    gate.resolve();
    assert.deepEqual(await event, [account]);
    assert.deepEqual(await rig.texts(account), ['disk.vhd — 8 KiB · never backed up']);
  });

  it('keeps the rows of a disk and of its chain while they are read again, so that what is open stays open', async () => {
    const rig = await new TreeRig().open();
    await rig.chain.backup();
    const { childRows } = await import('../../../src/extension/tree/childRows.ts');
    const disk = await rig.row('disks', 'disk.vhd');
    const [chain] = await rig.rows(disk);
    assert.ok(disk.kind === 'blob' && chain?.kind === 'chain');
    const [point] = await rig.rows(chain);
    const before = (await rig.rows(disk)).map(({ id }) => id);
    assert.equal(before.length, 2);
    rig.chain.write(1, 1);
    await rig.chain.backup();
    rig.trees.blobChanged(SOURCE, BACKUP);
    assert.deepEqual(
      childRows(disk, rig.voice).map(({ kind }) => kind),
      ['chain', 'snapshots', 'loading'],
    );
    assert.deepEqual(
      childRows(chain, rig.voice).map(({ kind }) => kind),
      ['point', 'loading'],
    );
    assert.deepEqual(
      childRows(disk, rig.voice)
        .slice(0, 2)
        .map(({ id }) => id),
      before,
    );
    const after = await rig.rows(disk);
    assert.deepEqual(
      after.map(({ id }) => id),
      before,
    );
    const points = await rig.rows(after[0]);
    assert.deepEqual(
      points.map(({ kind }) => kind),
      ['point', 'point'],
    );
    assert.equal(points[1]!.id, point!.id);
  });

  it('shows no row from before where reading again fails', async () => {
    const rig = await new TreeRig().open();
    await rig.chain.backup();
    const chain = (await rig.rows(await rig.row('disks', 'disk.vhd')))[0]!;
    assert.equal((await rig.rows(chain)).length, 1);
    rig.chain.service.interceptor = () => ({ kind: 'throw', error: rig.denied('No.') });
    rig.trees.refresh(chain);
    assert.deepEqual(
      (await rig.rows(chain)).map(({ kind }) => kind),
      ['problem'],
    );
  });

  it('gives up loading when the row is closed or refreshed', async () => {
    const rig = await new TreeRig().open();
    const account = await rig.row('disks');
    assert.ok(account.kind === 'account');
    const signals: (AbortSignal | undefined)[] = [];
    rig.control.before = (_, signal) => {
      signals.push(signal);
      return hang(signal);
    };
    await rig.provider.getChildren(account);
    rig.collapse(account);
    assert.equal(signals[0]!.aborted, true);
    assert.equal(account.pages.state, 'idle');
    await rig.provider.getChildren(account);
    rig.trees.refresh(account);
    assert.equal(signals[1]!.aborted, true);
    rig.control.before = () => undefined;
    assert.deepEqual(await rig.texts(account), ['disk.vhd — 8 KiB · never backed up']);
    assert.deepEqual(rig.logged, []);
  });

  it('asks the service for names that begin as the filter does, and looks for the rest itself', async () => {
    const rig = await new TreeRig().open();
    blobs(rig, 'web1.vhd', 'web2.vhd', 'web2.txt');
    user.answers(/Filter/, 'web');
    await rig.trees.filter();
    rig.control.asked.length = 0;
    assert.deepEqual(
      (await rig.rows(await rig.row('disks'))).map((row) => row.row().label),
      ['web1.vhd', 'web2.txt', 'web2.vhd'],
    );
    assert.deepEqual(rig.control.asked.slice(1), ['blobs vhds web']);
    assert.equal(rig.trees.views.accounts.message, 'Only page blobs named like “web” are shown.');
    user.answers(/Filter/, '*2*.vhd');
    await rig.trees.filter();
    assert.deepEqual(
      (await rig.rows(await rig.row('disks'))).map((row) => row.row().label),
      ['web2.vhd'],
    );
    user.answers(/Filter/, 'nothing');
    await rig.trees.filter();
    assert.deepEqual(await rig.texts(await rig.row('disks')), ['No page blob matches. — Only names like “nothing” are shown.']);
    rig.trees.clearFilter();
    assert.equal((await rig.rows(await rig.row('disks'))).length, 4);
    assert.equal(rig.trees.views.accounts.message, undefined);
  });

  it('reveals a blob that no page has brought yet, in its place', async () => {
    const rig = await new TreeRig().open();
    rig.control.pageSize = 1;
    blobs(rig, ...Array.from({ length: 40 }, (_, i) => `x${String(i).padStart(2, '0')}`));
    user.reset();
    assert.equal(await rig.trees.reveal(`${DISKS}/vhds/x33`), true);
    const [name, node] = user.executed.find(([each]) => each === 'reveal')!;
    assert.equal(`${String(name)} ${(node as { url: string }).url}`, `reveal ${DISKS}/vhds/x33`);
    const account = await rig.row('disks');
    const labels = (await rig.rows(account)).map((row) => row.row().label);
    assert.deepEqual(labels.slice(-3), ['x18', 'x33', 'Load more']);
    rig.trees.loadMore((await rig.rows(account)).at(-1));
    assert.deepEqual(
      (await rig.rows(account)).map((row) => row.row().label).filter((label) => label === 'x33'),
      ['x33'],
    );
    assert.equal(await rig.trees.reveal(`${DISKS}/vhds/absent`), false);
    assert.equal(await rig.trees.reveal('https://elsewhere.example/a/b'), false);
  });

  it('shows what a run has changed, and the backup blob it has made', async () => {
    const rig = await new TreeRig().open();
    const disk = await rig.row('disks', 'disk.vhd');
    assert.deepEqual(await rig.texts(await rig.row('backups')), ['No page blobs here. — This container is empty.']);
    await rig.rows(undefined, rig.trees.providers.chains);
    rig.chain.write(0, 1);
    const spec = { job: 'backup', source: SOURCE, backup: BACKUP, full: false, adopt: false } as const;
    rig.runChange(spec, 'running', 50);
    await rig.chain.backup();
    rig.runChange(spec, 'done', 100);
    await rig.settle();
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · backed up just now · 1 point');
    assert.deepEqual(await rig.texts(await rig.row('backups')), ['disk.vhd — 8 KiB · backup of disk.vhd · backed up just now · 1 point']);
    assert.deepEqual(await rig.texts(undefined, rig.trees.providers.chains), ['disk.vhd — → backups · backed up just now · 1 point']);
    rig.runChange(spec, 'running', 50);
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · backing up, 50 % · 1 point');
    rig.runChange(spec, 'resumable', 50);
    await rig.settle();
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · backed up just now · 1 point');
  });

  it('keeps open rows when the list of accounts changes', async () => {
    const rig = await new TreeRig().open();
    const account = await rig.row('disks');
    await rig.rows(account);
    const asked = rig.control.asked.length;
    rig.listing = { ...rig.listing, accounts: [accountOf(BACKUPS, { pinned: true }), accountOf(DISKS)] };
    rig.accountsChanged.fire();
    assert.deepEqual(await rig.texts(), ['backups — attached · pinned', 'disks — attached']);
    assert.equal(await rig.row('disks'), account);
    await rig.rows(account);
    assert.equal(rig.control.asked.length, asked);
  });
});

describe('the view of all chains', () => {
  it('finds every chain of the accounts, and says what it could not look through', async () => {
    const rig = await new TreeRig().open();
    rig.chain.write(0, 1);
    await rig.chain.backup();
    rig.listing = { ...rig.listing, accounts: [...rig.listing.accounts, accountOf('https://archive.example')] };
    rig.control.before = (what) => {
      if (what.includes('archive')) throw rig.denied('Storage Blob Data Reader is missing.');
    };
    const { chains } = rig.trees.providers;
    assert.deepEqual(await rig.texts(undefined, chains), [
      'disk.vhd — → backups · backed up just now · 1 point',
      'archive: No access — Storage Blob Data Reader is missing.',
    ]);
    const [chain] = await rig.rows(undefined, chains);
    assert.deepEqual(await rig.texts(chain, chains), ['1 Jan 00:00 — full · 512 bytes · proven']);
    user.answers(/Filter/, 'other');
    await rig.trees.filter();
    assert.deepEqual(
      (await rig.rows(undefined, chains)).map(({ kind }) => kind),
      ['problem'],
    );
    rig.trees.clearFilter();
  });

  it('says so when there is none', async () => {
    const rig = await new TreeRig().open();
    const { chains } = rig.trees.providers;
    assert.deepEqual(await rig.texts(undefined, chains), ['No chains yet. — Back up a page blob of your accounts to begin one.']);
    rig.listing = { accounts: [], problems: [], signedIn: false };
    rig.accountsChanged.fire();
    await rig.settle();
    assert.deepEqual(await rig.rows(undefined, chains), []);
  });

  it('stops looking while nobody sees it, and goes on where it stopped', async () => {
    const rig = await new TreeRig().open();
    rig.chain.write(0, 1);
    await rig.chain.backup();
    let isHanging = true;
    rig.control.before = (what, signal) => (isHanging && what === 'blobs backups' ? hang(signal) : undefined);
    const { chains } = rig.trees.providers;
    await chains.getChildren();
    rig.show('chains', false);
    assert.deepEqual(rig.control.asked.filter((what) => what === 'blobs backups').length, 1);
    isHanging = false;
    rig.show('chains', true);
    assert.deepEqual(await rig.texts(undefined, chains), ['disk.vhd — → backups · backed up just now · 1 point']);
    assert.deepEqual(rig.control.asked.filter((what) => what.startsWith('containers')).length, 2);
  });
});
