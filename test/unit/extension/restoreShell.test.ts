import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { restoreCommand } from '../../../src/extension/restore/commandLine.ts';
import { nextSteps } from '../../../src/extension/restore/nextSteps.ts';
import { shellWord } from '../../../src/engine/shellWord.ts';
import { powerShellString } from '../../../src/extension/restore/quote.ts';
import type { RestoreSpec } from '../../../src/extension/runs/run.ts';
import { englishVoice } from '../../support/tree/voice.ts';

const voice = englishVoice(() => 0);
const from = {
  source: 'https://a.example/vhds/disk.vhd',
  backup: 'https://b.example/c/disk.vhd',
  point: '2026-01-01T00:00:00.0000000Z',
  number: 3,
};
const good = { ...from, evenIfFailed: false };
const defaults = { transfer: 'auto', proof: undefined } as const;

/** Words of a command as a POSIX shell takes them apart; anything that would mean something to it fails. */
function shWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === "'") {
      const end = text.indexOf("'", i + 1);
      assert.ok(end > i, `an open quote in ${text}`);
      word = (word ?? '') + text.slice(i + 1, end);
      i = end;
    } else if (char === '\\') {
      const next = text[++i];
      if (next !== '\n') word = (word ?? '') + next;
    } else if (char === ' ' || char === '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      assert.match(char, /[\w@%+=:,./-]/, `${char} means something to a shell: ${text}`);
      word = (word ?? '') + char;
    }
  }
  return word === undefined ? words : [...words, word];
}

describe('quoting', () => {
  const hostile = ["it's", '$(reboot)', '`id`', 'a b', '"', '\\', '!!', '*', '~', '-rf', '&& rm -rf /', 'a\nb', "''", '’‘‚‛', '#x', ''];
  for (const text of hostile) {
    it(`for sh gives back ${JSON.stringify(text)}`, () => assert.deepEqual(shWords(`x ${shellWord(text)}`), ['x', text]));
  }

  it('for sh gives back whatever there is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.deepEqual(shWords(shellWord(text)), [text])));
  });

  it('for PowerShell doubles every kind of single quote', () => {
    assert.equal(powerShellString("it's ’$x‘"), "'it''s ’’$x‘‘'");
  });
});

describe('the command line of a restore', () => {
  const cases: [spec: RestoreSpec, words: string[]][] = [
    [{ ...good, job: 'restore', target: 'https://a.example/v/x.vhd', tier: undefined }, ['https://a.example/v/x.vhd']],
    [
      { ...good, evenIfFailed: true, job: 'restore', target: "https://a.example/v/it's", tier: 'P30' },
      ["https://a.example/v/it's", '--tier', 'P30', '--even-if-failed'],
    ],
    [
      { ...good, job: 'restoreChain', target: 'https://a.example/v/x', tier: undefined, newBackup: 'https://b.example/c/y' },
      ['https://a.example/v/x', '--continue-chain', '--new-backup', 'https://b.example/c/y'],
    ],
    [{ ...good, job: 'rewind' }, [from.source, '--in-place']],
    [{ ...good, job: 'restoreFile', path: '/tmp/$(id) x.vhd' }, ['/tmp/$(id) x.vhd']],
  ];
  for (const [spec, rest] of cases) {
    it(`does the same as ${spec.job}${spec.evenIfFailed ? ' of a wrong point' : ''}`, () => {
      assert.deepEqual(shWords(restoreCommand(spec, defaults)), [
        'page-blob-backup',
        'restore',
        `${from.backup}?snapshot=${from.point}`,
        ...rest,
      ]);
    });
  }

  it('takes the settings along, where they matter', () => {
    const settings = { transfer: 'relay', proof: 'full' } as const;
    assert.match(restoreCommand({ ...good, job: 'rewind' }, settings), / --in-place --transfer relay --proof full$/);
    assert.doesNotMatch(restoreCommand({ ...good, job: 'restoreFile', path: '/x' }, settings), /relay|proof/);
  });
});

describe('next steps', () => {
  const hostile = "https://a.example/vhds/it's $(reboot)`id`.vhd";
  const spec: RestoreSpec = { ...good, job: 'restore', target: hostile, tier: undefined };

  function blocks(of: RestoreSpec, location?: string): Record<string, string> {
    const steps = nextSteps(of, location, voice).flatMap((step) => (step.kind === 'commands' ? step.blocks : []));
    return Object.fromEntries(steps.map(({ id, code }) => [id, code]));
  }

  it('are filled in and quoted', () => {
    const {
      'managedDisk.az': az,
      'managedDisk.powerShell': powerShell,
      'stackHub.az': hub,
      'stackHub.powerShell': hubShell,
    } = blocks(spec, 'westeurope');
    assert.deepEqual(shWords(az!), [
      'az',
      'disk',
      'create',
      '--resource-group=<resource group>',
      '--name=it-s---reboot--id',
      '--location=westeurope',
      `--source=${hostile}`,
      '--source-storage-account-id=<resource id of the storage account>',
    ]);
    assert.ok(powerShell!.includes(`-SourceUri ${powerShellString(hostile)}`));
    assert.ok(shWords(hub!).includes(`--vhd-uri=${hostile}`));
    assert.ok(hubShell!.includes(`-VhdUri ${powerShellString(hostile)}`));
  });

  it('name a disk whatever the blob is called', () => {
    const name = (target: string): string => /--name=(\S+)/.exec(blocks({ ...spec, target })['managedDisk.az']!)![1]!;
    assert.equal(name('https://a.example/c/---.vhd'), 'restored');
    assert.equal(name(`https://a.example/c/${'x'.repeat(100)}`), 'x'.repeat(80));
  });

  it('of a file quote its path', () => {
    const { 'upload.az': az, 'upload.powerShell': powerShell } = blocks({ ...good, job: 'restoreFile', path: "/tmp/it's here.vhd" });
    assert.ok(shWords(az!).includes("--file=/tmp/it's here.vhd"));
    assert.ok(powerShell!.includes("-LocalFilePath '/tmp/it''s here.vhd'"));
  });

  it('have ids of their own', () => {
    for (const job of [spec, { ...good, job: 'restoreFile', path: '/x' } as const]) {
      const ids = nextSteps(job, undefined, voice).flatMap((step) =>
        step.kind === 'commands' ? step.blocks.map(({ id }) => id) : step.action,
      );
      assert.equal(new Set(ids).size, ids.length);
    }
  });
});
