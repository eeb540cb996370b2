import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { PolicyEditor } from '../../../src/extension/schedule/editor/policyEditor.ts';
import { examplePolicy } from '../../../src/extension/schedule/editor/examplePolicy.ts';
import { keptToday, previewText } from '../../../src/extension/schedule/editor/previewText.ts';
import { offersAt, type Schema } from '../../../src/extension/schedule/editor/schemaWords.ts';
import { readPolicy } from '../../../src/policy/file/readPolicy.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { ROOT } from '../../support/extension/bundle.ts';
import { FILE, HOUR, logOf, parsed, policyOf } from '../../support/extension/scheduleRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { Uri } from '../../support/vscode/basics.ts';
import { policyFolder } from '../../support/vscode/policyFolder.ts';
import { providers } from '../../support/vscode/providers.ts';

const schema = JSON.parse(readFileSync(join(ROOT, 'schemas', 'page-blob-backup.schema.json'), 'utf8')) as Schema;
const NOW = Date.UTC(2026, 5, 15, 9, 30);
const voice = englishVoice(() => NOW);

let editor: PolicyEditor;
beforeEach(() => policyFolder.reset());

async function opened(): Promise<void> {
  await import('../../support/vscode/register.ts');
  const { PolicyEditor } = await import('../../../src/extension/schedule/editor/policyEditor.ts');
  const { PolicyFiles } = await import('../../../src/extension/schedule/policyFiles.ts');
  editor = new PolicyEditor(Uri.file(ROOT) as never, new PolicyFiles(), logOf([]));
  await settled();
}

async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((resolve) => void setImmediate(resolve));
}

function documentOf(text: string, uri = FILE): { uri: Uri; getText(): string } {
  return { uri: Uri.parse(uri), getText: () => text };
}

/** `line:column-line:column message`, from 0 as VS Code has it. */
function mistakes(uri = FILE): string[] {
  return (policyFolder.found.get(uri) ?? []).map(
    ({ range: { start, end }, message }) => `${start.line}:${start.character}-${end.line}:${end.character} ${message}`,
  );
}

describe('mistakes in a policy file', () => {
  afterEach(() => editor.dispose());

  it('stand where they are written, in every file of the workspace', async () => {
    policyFolder.texts.set(FILE, policyOf('never'));
    policyFolder.texts.set('file:///project/other/page-blob-backup.yml', 'version: 1\nchians: []\n');
    await opened();
    const [first, ...more] = mistakes();
    assert.deepEqual(more, []);
    assert.match(first!, /^5:12-5:17 .*never/);
    assert.ok(mistakes('file:///project/other/page-blob-backup.yml').some((line) => line.startsWith('1:0-1:6 There is no key "chians"')));
  });

  it('are those of what is typed, and go with the file', async () => {
    policyFolder.texts.set(FILE, policyOf());
    await opened();
    assert.deepEqual(mistakes(), []);
    const typed = documentOf(policyOf('12h', '{ dayly: 3 }'));
    policyFolder.documents.push(typed);
    policyFolder.opened.fire(typed);
    await settled();
    assert.match(mistakes()[0]!, /^6:17-6:22 There is no key "dayly"/);
    policyFolder.documents = [];
    policyFolder.remove(FILE);
    await settled();
    assert.equal(policyFolder.found.has(FILE), false);
  });

  it('are not looked for in other files', async () => {
    await opened();
    policyFolder.opened.fire(documentOf('chians: []', 'file:///project/compose.yaml'));
    await settled();
    assert.equal(policyFolder.found.size, 0);
  });

  it('leave completion to the extension for YAML where there is one', async () => {
    await opened();
    const provider = providers.get('completion') as {
      provideCompletionItems(document: unknown, at: object): Promise<{ label: string; insertText: string }[]>;
    };
    const offered = await provider.provideCompletionItems(documentOf('vers'), { line: 0, character: 4 });
    assert.deepEqual(
      offered.map(({ insertText }) => insertText),
      ['version: ', 'timeZone: ', 'defaults: ', 'chains: '],
    );
    policyFolder.extensions = ['redhat.vscode-yaml'];
    assert.deepEqual(await provider.provideCompletionItems(documentOf('vers'), { line: 0, character: 4 }), []);
  });
});

describe('completion', () => {
  /** What is offered at the `|` of a text. */
  function offered(text: string): string[] {
    const lines = text.split('\n');
    const line = lines.findIndex((each) => each.includes('|'));
    const character = lines[line]!.indexOf('|');
    return offersAt(
      schema,
      lines.map((each) => each.replace('|', '')),
      line,
      character,
    ).map((offer) => offer.text);
  }

  const chain = [
    'name',
    'account',
    'blobs',
    'except',
    'to',
    'window',
    'jitter',
    'retention',
    'transfer',
    'proof',
    'keepSourceSnapshots',
    'verify',
  ];
  const cases: [what: string, text: string, expected: string[]][] = [
    ['keys of the file', '|', ['version', 'timeZone', 'defaults', 'chains']],
    ['keys that are not there yet', 'version: 1\n|', ['timeZone', 'defaults', 'chains']],
    ['the last key of the file', 'version: 1\ntimeZone: UTC\ndefaults:\n  jitter: 1m\n|', ['chains']],
    ['keys of the defaults', 'version: 1\ndefaults:\n  |', chain.slice(4)],
    ['keys of a chain', 'chains:\n  - |', chain],
    ['more keys of a chain', 'chains:\n  - name: a\n    account: b\n    |', chain.slice(2)],
    ['keys of the second chain', 'chains:\n  - name: a\n    account: b\n  - name: c\n    |', chain.slice(1)],
    ['keys of a target', 'chains:\n  - name: a\n    to:\n      |', ['account', 'blob', 'catalogue']],
    ['keys of one of several targets', 'chains:\n  - to:\n      - account: x\n        |', ['blob', 'catalogue']],
    ['rules of retention', 'defaults:\n  retention:\n    last: 3\n    |', ['hourly', 'daily', 'weekly', 'monthly', 'yearly', 'timeZone']],
    ['values', 'defaults:\n  transfer: |', ['auto', 'server', 'relay']],
    ['levels of proof', 'chains:\n  - proof: |', ['ranges', 'sample', 'changed', 'full']],
    ['all points', 'defaults:\n  retention: |', ['all']],
    ['nothing where anything may stand', 'timeZone: |', []],
  ];
  for (const [what, text, expected] of cases) it(`offers ${what}`, () => assert.deepEqual(offered(text), expected));
});

describe('a new policy file', () => {
  it('is a policy, with the chains that are known', () => {
    const emulator = { source: 'http://127.0.0.1:10000/one/vhds/a%20b.vhd', backup: 'http://127.0.0.1:10000/two/backups/it%27s.vhd' };
    for (const known of [[], [{ source: SOURCE, backup: BACKUP }, emulator]]) {
      const { policy, problems } = readPolicy(examplePolicy(known, 'Europe/Berlin', voice.t));
      assert.deepEqual(problems, []);
      assert.equal(policy!.rules.length, Math.max(1, known.length));
    }
    const rules = parsed(examplePolicy([{ source: SOURCE, backup: BACKUP }, emulator], 'UTC', voice.t)).rules;
    assert.deepEqual(
      rules.map(({ account, blobs, to }) => [account, blobs[0], to[0]!.account, to[0]!.blob]),
      [
        ['https://disks.example', 'vhds/disk.vhd', 'https://backups.example', 'backups/disk.vhd'],
        ['http://127.0.0.1:10000/one', 'vhds/a b.vhd', 'http://127.0.0.1:10000/two', "backups/it's.vhd"],
      ],
    );
  });
});

describe('a preview', () => {
  it('tells the next windows, and what a year of them would leave', () => {
    const policy = parsed(policyOf('12h', '{ last: 2, monthly: 12 }'));
    const kept = keptToday(policy.rules[0]!, NOW)!;
    assert.deepEqual(
      kept.slice(0, 2).map(({ time }) => time),
      [Date.UTC(2026, 5, 15), Date.UTC(2026, 5, 14, 12)],
    );
    assert.ok(kept.length >= 13 && kept.length <= 14, `${kept.length} points`);
    const text = previewText(policy, [], 'A remark.', voice);
    assert.match(text, /\*\*Next windows\*\*: 15 Jun 12:00, 16 Jun 00:00, 16 Jun 12:00/);
    assert.match(text, new RegExp(`Had it run for a year, ${kept.length} points would be there today:`));
    assert.match(text, /\| 15 Jun 00:00 \| 9 h ago \| newest point/);
    assert.match(text, /A remark\./);
  });

  it('tells of each chain what is due, what comes, and what becomes of every point', () => {
    const policy = parsed(policyOf());
    const [rule] = policy.rules;
    const chain = { rule: rule!, target: rule!.to[0]!, source: SOURCE, backup: BACKUP, key: 'k' };
    const due = { isDue: true, window: NOW, missed: false, next: NOW + HOUR, reason: 'a window has begun' };
    const coming = [{ at: NOW + HOUR, point: 7, deletes: [{ number: 3, reasons: ['3 newer points are kept'] }] }];
    const points = [
      { number: 3, recoveryPoint: 's', startedOn: '2026-06-14T00:00:00Z', action: 'delete', reasons: ['3 newer points are kept'] },
    ] as const;
    const prune = { job: 'prune', backup: BACKUP, policy: 'last 3', points, freed: undefined, warnings: [] } as const;
    const text = previewText(
      policy,
      [{ preview: { chain, due, coming, prune } }, { source: 'x', problem: 'No *access*.' }],
      undefined,
      voice,
    );
    assert.match(text, /Due now: a window has begun\./);
    assert.match(text, /- 15 Jun 10:30: makes point 7, then deletes 3/);
    assert.match(text, /\| 3 \| 14 Jun 00:00 \| \*\*goes\*\* \| 3 newer points are kept \|/);
    assert.match(text, /No \\\*access\\\*/);
    const verified = (isDue: boolean) => {
      const verify = { every: 1, proof: 'full', isDue, last: undefined, next: NOW + 72 * HOUR } as const;
      return previewText(policy, [{ preview: { chain, due, coming: [], prune: undefined, verify } }], undefined, voice);
    };
    assert.match(verified(false), /^The newest point is verified next: \S.*\.$/m);
    assert.match(verified(true), /^The newest point is due to be verified\.$/m);
    const odd = previewText(policy, [{ source: 'a`\n# b [c](command:d)', problem: '' }], undefined, voice);
    assert.ok(odd.includes("### `a' # b [c](command:d)`"), odd);
  });
});
