import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { COMMANDS, ROW_COMMANDS, CONTEXT_KEYS, ITEMS, PAGES, SCHEMES, SETTINGS, VIEWS } from '../../../src/extension/names.ts';
import { BUNDLE, bundleText, extensionSources, extensionTexts, ROOT } from '../../support/extension/bundle.ts';
import { readManifest, strings, type MenuItem } from '../../support/extension/manifest.ts';

const manifest = readManifest();
const { contributes } = manifest;
const sources = extensionSources();
const code = [...sources].map(([, text]) => text).join('\n');
const ids = Object.values(COMMANDS) as string[];
const menus = Object.entries(contributes.menus);

describe('package.json and the code', () => {
  it('name the same commands', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), ids.toSorted());
  });

  it('register every command, each in the one place', async () => {
    await import('../../support/vscode/register.ts');
    const { registerCommands } = await import('../../../src/extension/commands/registerCommands.ts');
    const { commands } = await import('../../support/vscode/vscode.ts');
    const registered = registerCommands({} as Parameters<typeof registerCommands>[0]);
    assert.deepEqual((await commands.getCommands()).sort(), ids.toSorted());
    registered.dispose();
    assert.deepEqual(await commands.getCommands(), []);
    const elsewhere = [...sources].filter(([path, text]) => text.includes('registerCommand(') && !path.endsWith('/registerCommands.ts'));
    assert.deepEqual(elsewhere, []);
  });

  it('name commands that there are in menus, links and completion events', () => {
    for (const [, items] of menus) for (const { command } of items) assert.ok(ids.includes(command), command);
    const links = strings(manifest).flatMap((text) => [...text.matchAll(/command:([\w.]+)/gi)].map(([, id]) => id!));
    const own = links.filter((id) => !id.startsWith('workbench.'));
    assert.ok(own.length > 5);
    for (const id of own) assert.ok(ids.includes(id), id);
    for (const id of strings(contributes.walkthroughs).flatMap((text) => /^onCommand:(.*)/.exec(text)?.[1] ?? []))
      assert.ok(ids.includes(id), id);
  });

  it('name the same settings, and every one is read', () => {
    const names = Object.keys(contributes.configuration.properties).map((name) => name.replace('pageBlobBackup.', ''));
    assert.deepEqual(names.sort(), Object.values(SETTINGS).sort());
    for (const name of Object.keys(SETTINGS)) {
      const readers = [...sources].filter(([path, text]) => !path.endsWith('/names.ts') && text.includes(`SETTINGS.${name}`));
      assert.ok(readers.length > 0, `nobody reads ${name}`);
    }
  });

  it('give every setting a scope that a workspace cannot abuse', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    for (const [name, { scope }] of Object.entries(contributes.configuration.properties)) {
      assert.match(scope, /^machine(-overridable)?$/, name);
      assert.equal(restrictedConfigurations.includes(name), scope === 'machine-overridable', name);
    }
  });

  it('name the same views', () => {
    const views = contributes.views[VIEWS.container]!.map(({ id }) => id);
    assert.deepEqual<string[]>(views, [VIEWS.accounts, VIEWS.chains, VIEWS.fleet, VIEWS.runs]);
    for (const { view } of contributes.viewsWelcome) assert.ok(views.includes(view), view);
  });

  it('name the same read-only editor, for addresses that nothing else opens', () => {
    const [editor, ...others] = contributes.customEditors;
    assert.deepEqual(others, []);
    assert.deepEqual([editor!.viewType, editor!.priority], [PAGES.difference, 'default']);
    assert.deepEqual(editor!.selector, [{ filenamePattern: `${SCHEMES.difference}:/**` }]);
    for (const scheme of Object.values(SCHEMES)) assert.ok(manifest.activationEvents.includes(`onFileSystem:${scheme}`), scheme);
    const policyFile = 'resourceFilename =~ /^page-blob-backup\\.ya?ml$/';
    for (const { when } of contributes.menus['editor/title']!)
      assert.ok([`resourceScheme == ${SCHEMES.bytes}`, policyFile].includes(when), when);
  });

  it('know every context key in a when clause, and set every one', () => {
    const known = new Set<string>([...Object.values(CONTEXT_KEYS), ...Object.values(VIEWS)]);
    for (const when of whens()) for (const [key] of when.matchAll(/pageBlobBackup\.\w+/g)) assert.ok(known.has(key), `${key} in "${when}"`);
    for (const [name, key] of Object.entries(CONTEXT_KEYS)) {
      assert.ok(new RegExp(`CONTEXT_KEYS\\.${name}\\b|setContexts\\(\\{[^}]*\\b${name}:`).test(code), `nobody sets ${key}`);
      assert.ok(
        strings(manifest).some((text) => text.includes(key)),
        `nobody uses ${key}`,
      );
    }
  });

  it('use no when clause but on views, items, selection and our own keys', () => {
    for (const when of whens()) {
      const words = when.replaceAll(/=~ \/(?:\\.|[^/\\])+\/|== [\w.-]+/g, '').match(/[A-Za-z][\w.]*/g) ?? [];
      for (const word of words)
        assert.match(word, /^(?:view|viewItem|resourceScheme|resourceFilename|listMultiSelection|false|pageBlobBackup\.\w+)$/, when);
    }
  });

  it('match items that there are', () => {
    const all = Object.values(ITEMS) as string[];
    for (const [, items] of menus)
      for (const { when } of items) for (const [, item] of when.matchAll(/viewItem == (\w+)/g)) assert.ok(all.includes(item!), when);
    for (const when of whens().filter((each) => each.includes('viewItem =~'))) {
      assert.ok(
        all.some((item) => new RegExp(`\\b${item}\\b`).test(when)),
        when,
      );
    }
  });
});

describe('menus', () => {
  /** What rows of the views are called, as the tree makes them. */
  const rows = [
    'account.attached.pinned',
    'account.subscription.unpinned',
    'account.emulator.unpinned',
    'container',
    'blob.plain',
    'blob.chain.good',
    'blob.chain.running',
    'blob.backup.good',
    'chain.good',
    'chain.running',
    'point.good.newest',
    'point.missing',
    'snapshots.disk',
    'snapshot.anchor.onDisk',
    'snapshot.orphan.onBackup',
    'problem.retry',
    'problem.signIn',
    'loadMore',
  ];
  const runs = ['run.running', 'run.resumable', 'run.done', 'run.failed'];
  const itemMenu = contributes.menus['view/item/context']!;
  const namesFor = (viewItem: string, view: string, inline: boolean): string[] =>
    itemMenu
      .filter(({ group, when }) => group!.startsWith('inline') === inline && holds(when, { viewItem, view }))
      .map(({ command }) => command.split('.')[1]!);

  it('have at most three inline actions on a row, none twice, and each of them in the context menu', () => {
    for (const [view, items] of [
      [VIEWS.accounts, rows],
      [VIEWS.runs, runs],
    ] as const) {
      for (const item of items) {
        const inline = namesFor(item, view, true);
        const context = namesFor(item, view, false);
        assert.ok(inline.length <= 3, `${item}: ${inline.join()}`);
        for (const names of [inline, context]) assert.equal(new Set(names).size, names.length, `${item}: ${names.join()}`);
        assert.deepEqual(
          inline.filter((name) => !context.includes(name)),
          [],
          item,
        );
      }
    }
  });

  const expected: [item: string, view: string, inline: string[]][] = [
    ['blob.plain', VIEWS.accounts, ['backUp']],
    ['blob.chain.good', VIEWS.accounts, ['backUp', 'revealBackup']],
    ['blob.chain.running.leased', VIEWS.accounts, ['revealBackup']],
    ['blob.backup.good', VIEWS.accounts, []],
    ['chain.good', VIEWS.chains, ['backUp']],
    ['chain.running', VIEWS.chains, []],
    ['point.good.newest', VIEWS.accounts, ['verify', 'restore', 'compareWithPrevious']],
    ['snapshot.anchor.onDisk', VIEWS.accounts, ['compareWithPrevious']],
    ['point.missing', VIEWS.accounts, []],
    ['account.attached.unpinned', VIEWS.accounts, ['pinAccount', 'refresh']],
    ['account.subscription.pinned', VIEWS.accounts, ['unpinAccount', 'refresh']],
    ['run.running', VIEWS.runs, ['cancelRun']],
    ['run.resumable', VIEWS.runs, ['resumeRun']],
    ['run.failed', VIEWS.runs, ['resumeRun', 'forgetRun']],
    ['run.done', VIEWS.runs, ['forgetRun']],
    ['fleet.overdue', VIEWS.fleet, ['backUp']],
    ['fleet.unverified', VIEWS.fleet, ['backUp', 'verify']],
    ['fleet.running', VIEWS.fleet, []],
  ];
  for (const [item, view, inline] of expected) {
    it(`offer ${inline.join(' and ') || 'nothing'} inline on ${item}`, () => assert.deepEqual(namesFor(item, view, true), inline));
  }

  it('never offer a backup of a backup blob, nor the deletion of a blob', () => {
    assert.deepEqual(namesFor('blob.backup.good', VIEWS.accounts, false), [
      'restore',
      'restoreQuickly',
      'verify',
      'takeSnapshot',
      'selectForCompare',
      'showChurn',
      'copyUrl',
      'refresh',
      'prune',
    ]);
    assert.deepEqual(
      namesFor('blob.plain', VIEWS.accounts, false).filter((name) => /delete|detach/i.test(name)),
      [],
    );
    assert.ok(namesFor('account.subscription.pinned', VIEWS.accounts, false).every((name) => name !== 'detachAccount'));
  });

  it('offer to promote a snapshot of a disk and a good point, last, never inline and nowhere else', () => {
    const offering = rows.filter((row) => namesFor(row, VIEWS.accounts, false).includes('promoteSnapshot'));
    assert.deepEqual(offering, ['point.good.newest', 'snapshot.anchor.onDisk']);
    assert.ok(!namesFor('point.failed', VIEWS.accounts, false).includes('promoteSnapshot'));
    const groups = itemMenu
      .filter(({ when }) => holds(when, { viewItem: 'point.good.newest', view: VIEWS.accounts }))
      .map(({ group }) => group!);
    const own = itemMenu.filter(({ command }) => command.endsWith('.promoteSnapshot')).map(({ group }) => group!);
    assert.deepEqual(own, [groups.toSorted().findLast((group) => !group.startsWith('inline'))!]);
  });

  it('keep what needs a row out of the palette', () => {
    const hidden = contributes.menus['commandPalette']!.filter(({ when }) => when === 'false').map(({ command }) => command);
    assert.deepEqual(hidden.toSorted(), ROW_COMMANDS.toSorted());
    const inPalette = ids.filter((id) => !hidden.includes(id)).map((id) => id.split('.')[1]!);
    const asking = [
      'backUp',
      'backUpFull',
      'estimate',
      'checkChain',
      'takeSnapshot',
      'verify',
      'verifyAll',
      'restore',
      'restoreQuickly',
      'rewind',
      'compareWithPrevious',
      'selectForCompare',
      'compareWithSelected',
      'showChangesSinceBackup',
      'showChurn',
      // Where bytes are shown.
      'nextBytes',
      'previousBytes',
      'showLog',
      'attachAccount',
      'attachEmulator',
      'signIn',
      'newPolicyFile',
      'previewPolicy',
      'generateSchedule',
      'startSchedule',
      'stopSchedule',
      'pauseSchedule',
      'continueSchedule',
      'snoozeSchedule',
      'runDueNow',
      'showFleet',
    ];
    assert.deepEqual(inPalette.sort(), [...asking, 'selectSubscriptions', 'refresh', 'filter', 'clearFilter', 'forgetFinishedRuns'].sort());
  });

  it('give commands with an icon where they stand in a title or inline', () => {
    const shown = [
      ...contributes.menus['view/title']!.filter(({ group }) => group!.startsWith('navigation')),
      ...itemMenu.filter(({ group }) => group!.startsWith('inline')),
    ];
    for (const { command } of shown) assert.ok(contributes.commands.find((each) => each.command === command)!.icon, command);
  });
});

describe('texts', () => {
  const nls = JSON.parse(readFileSync(join(ROOT, 'package.nls.json'), 'utf8')) as Record<string, string>;

  it('of package.json are in package.nls.json, and the reverse', () => {
    const raw = readManifest({ localised: false });
    const used = strings(raw).flatMap((text) => /^%(.+)%$/.exec(text)?.[1] ?? []);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(nls).sort());
  });

  it('of package.json are all in package.nls.json', () => {
    const raw = readManifest({ localised: false }).contributes;
    const shown = [
      ...raw.commands.flatMap(({ title, category }) => [title, category]),
      ...strings(raw.configuration, /description$|descriptions$|title$|message$/i),
      ...strings(raw.walkthroughs, /^(?:title|description|altText)$/),
      ...raw.viewsWelcome.map(({ contents }) => contents),
      ...Object.values(raw.views).flatMap((views) => views.map(({ name }) => name)),
    ];
    assert.ok(shown.length > 80);
    for (const text of shown) assert.match(text, /^%[\w.]+%$/);
  });

  it('of commands are verbs in title case, in one category, with … where more is asked', () => {
    for (const { title, category } of contributes.commands) {
      assert.equal(category, 'Page Blob Backup');
      assert.match(title, /^[A-Z][a-z]+(?: (?:[A-Z(][\w)]*|to|from|with|for|a|the))*…?$/, title);
    }
  });

  it('of the code are in l10n/bundle.l10n.json', () => {
    assert.equal(readFileSync(BUNDLE, 'utf8'), bundleText(extensionTexts()), 'run: node scripts/l10n.ts');
  });

  it('welcome with one button in each state', () => {
    for (const { contents } of contributes.viewsWelcome) {
      const buttons = contents.split('\n').filter((line) => /^\[[^\]]+\]\([^)]+\)$/.test(line));
      assert.ok(buttons.length <= 1, contents);
    }
    assert.equal(contributes.viewsWelcome.filter(({ view }) => view === VIEWS.accounts).length, 2);
  });
});

describe('pictures', () => {
  it('are there, and those of the walkthrough follow the theme', () => {
    for (const { steps } of contributes.walkthroughs) {
      for (const { media } of steps) {
        const svg = readFileSync(join(ROOT, media.svg), 'utf8');
        assert.match(svg, /var\(--vscode-foreground/);
        assert.doesNotMatch(svg, /<script|href=/);
        assert.ok(media.altText.length > 20);
      }
    }
    assert.match(readFileSync(join(ROOT, contributes.viewsContainers.activitybar[0]!.icon), 'utf8'), /currentColor/);
  });

  it('include an icon of 128 by 128 pixels', () => {
    const png = readFileSync(join(ROOT, manifest.icon));
    assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')]);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [128, 128]);
    assert.ok(existsSync(join(ROOT, 'media', 'icon.svg')));
  });
});

function whens(): string[] {
  return [...menus.flatMap(([, items]) => items), ...contributes.viewsWelcome].flatMap(({ when }: Partial<MenuItem>) => when ?? []);
}

/** Evaluates a when clause of `&&`, `!`, `==` and `=~`, as VS Code does. */
function holds(when: string, context: Readonly<Record<string, string>>): boolean {
  return when.split(' && ').every((term) => {
    const [, key, operator, value] = /^(\w+) (==|=~) (.*)$/.exec(term) ?? [];
    if (operator === '==') return context[key!] === value;
    if (operator === '=~') return new RegExp(value!.slice(1, -1)).test(context[key!]!);
    return term.startsWith('!');
  });
}
