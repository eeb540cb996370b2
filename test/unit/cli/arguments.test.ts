import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCommandLine, type Arguments } from '../../../src/cli/arguments.ts';
import { COMMANDS } from '../../../src/cli/commands/all.ts';
import { commandHelp, generalHelp } from '../../../src/cli/help.ts';
import { catalogueFolder } from '../../../src/azure/catalogueFolder.ts';
import { isUrl } from '../../../src/cli/operands.ts';
import { isBackupError } from '../../../src/engine/errors.ts';

const parse = (line: string) => parseCommandLine(line.split(' ').filter(Boolean), COMMANDS);

function argumentsOf(line: string): Arguments {
  const parsed = parse(line);
  assert.ok(parsed.kind === 'run');
  return parsed.args;
}

describe('the command line', () => {
  it('takes operands and options in any order', () => {
    const args = argumentsOf('backup --transfer=relay a --json --keep-source-snapshots 3 b --full');
    assert.deepEqual([args.operand(0), args.operand(1)], ['a', 'b']);
    assert.equal(args.choice('transfer', ['auto', 'relay']), 'relay');
    assert.equal(args.number('keep-source-snapshots'), 3);
    assert.deepEqual([args.flag('full'), args.flag('json'), args.flag('adopt')], [true, true, false]);
    assert.equal(args.text('catalogue'), undefined);
  });

  it('takes what follows -- as it is', () => {
    assert.equal(argumentsOf('diff -- --strange.vhd b').operand(0), '--strange.vhd');
  });

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['', /No command was given/],
    ['bakup a b', /no command "bakup"/],
    ['backup', /<source> is missing/],
    ['backup a', /<backup> is missing/],
    ['backup a b c', /was given "c" too/],
    ['backup a b --in-place', /"backup" has no option --in-place/],
    ['restore a b --attach', /no option --attach/],
    ['schedule a', /no command "schedule"/],
    ['apply a', /"apply" takes no operands, but was given "a"/],
    ['points a --full', /"points" has no option --full/],
    ['points a -x', /no option -x/],
    ['backup a b --transfer fast', /--transfer takes auto, server, relay, not "fast"/],
    ['backup a b --proof', /--proof needs a value: ranges, sample, changed, full/],
    ['backup a b --proof --json', /--proof needs a value/],
    ['backup a b --catalogue=', /--catalogue needs a value/],
    ['backup a b --full=yes', /--full takes no value/],
    ['backup a b --full --full', /--full was given twice/],
    ['backup a b --keep-source-snapshots 0', /a whole number from 1 on, not "0"/],
    ['verify a --point 1.5', /a whole number from 1 on, not "1.5"/],
  ];
  for (const [line, says] of mistakes) {
    it(`refuses "${line}" and points to the help`, () => {
      assert.throws(
        () => parse(line),
        (error) => isBackupError(error, 'badInput') && says.test(error.message) && (error.hint ?? '').endsWith('--help'),
      );
    });
  }

  it('shows help and version whatever else is there', () => {
    assert.equal(parse('--version').kind, 'version');
    assert.equal(parse('--help').kind, 'help');
    assert.equal(parse('help').kind, 'help');
    for (const line of ['backup --help', 'help backup', 'backup a -h', 'backup --help --nonsense']) {
      const parsed = parse(line);
      assert.equal(parsed.kind === 'help' && parsed.command?.name, 'backup');
    }
  });
});

describe('the help', () => {
  const texts = [generalHelp(COMMANDS), ...COMMANDS.map(commandHelp)];

  it('names every command, and every option of each', () => {
    for (const { name, options } of COMMANDS) {
      assert.match(texts[0]!, new RegExp(`^ {2}${name} (?:<| )`, 'm'));
      for (const option of options)
        assert.match(texts[1 + COMMANDS.findIndex((each) => each.name === name)]!, new RegExp(`--${option.name}\\b`));
    }
    assert.deepEqual(
      COMMANDS.map(({ name }) => name),
      ['backup', 'points', 'diff', 'restore', 'promote', 'copy', 'verify', 'check', 'hold', 'prune', 'apply', 'generate'],
    );
  });

  it('promises nothing that is not there, in no more columns than 160', () => {
    for (const text of texts) {
      assert.ok(text.split('\n').every((line) => line.length <= 160));
    }
  });
});

describe('operands', () => {
  it('tells URLs from paths', () => {
    for (const url of ['https://a/b', 'HTTP://a', 'ftp://a', 'file:///a']) assert.ok(isUrl(url), url);
    for (const path of ['/a/b.vhd', 'b.vhd', 'C:\\b.vhd', './http:/a']) assert.ok(!isUrl(path), path);
  });

  it('gives each backup blob its own folder in a catalogue elsewhere', () => {
    assert.equal(
      catalogueFolder('https://std.blob.core.windows.net/catalogues/?sv=1&sig=x', 'https://prem.blob.core.windows.net/vhds/a/b.vhd'),
      'https://std.blob.core.windows.net/catalogues/prem.blob.core.windows.net/vhds/a/b.vhd.chain?sv=1&sig=x',
    );
  });
});
