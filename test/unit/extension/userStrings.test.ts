import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extensionSources } from '../../support/extension/bundle.ts';
import { translatable, untranslated, type SourceString } from '../../support/extension/userStrings.ts';

/** Texts that only the log sees, a header of HTTP, a document without words, or commands of a shell. */
function isForNobody(path: string) {
  return ({ calls, property }: SourceString): boolean =>
    /\/(?:log|pageHtml|shellCommands)\.ts$/.test(path) ||
    (path.includes('/runs/jobs/') && property === 'text') ||
    (path.endsWith('/vscodeSessions.ts') && property === 'wwwAuthenticate') ||
    /(?:#debug|#try)$/.test(calls[0] ?? '');
}

describe('texts of the extension', () => {
  it('all go through l10n.t', () => {
    const found = [...extensionSources()].flatMap(([path, text]) => untranslated(text, isForNobody(path)).map((each) => `${path}:${each}`));
    assert.deepEqual(found, []);
  });

  const planted: [what: string, source: string, problems: string[]][] = [
    ['a message', "window.showErrorMessage('The disk is gone.');", ['1: The disk is gone.']],
    ['a title', "const options = {\n  title: 'Choose a disk',\n};", ['2: Choose a disk']],
    ['a template', 'item.label = `Backup of ${name}`;', ['1: Backup of \0']],
    ['a template inside of another one', 'x = `${a ? `all is well` : b}`;', ['1: all is well']],
    ['a template that is to be translated', 't(`Backup of ${name}`);', ['1: Backup of \0']],
    ['a double-quoted text', 'show("It is done");', ['1: It is done']],
    ['an argument of a translated text', "t('Backup of {0}', 'my own disk');", []],
    ['a translated text', "window.showErrorMessage(l10n.t('The disk is gone.'));", []],
    ['a text of a voice', "const { t } = voice;\nreturn done ? t('It is done') : voice.t('It goes on');", []],
    ['a text after a translated one', "f(t('It is done'), 'but not this');", ['1: but not this']],
    ['a line of the log', 'log.info(`Deleted ${id} of ${blob}, as wished.`);', []],
    ['an error of programmers', "throw new Error('This cannot happen here');", []],
    ['an identifier', "register('pageBlobBackup.backUp'); const icon = 'sync~spin';", []],
    ['a comment', '// \'This is no text\'\n/* "nor is this one" */', []],
    ['an import', "import { a } from 'some where odd';", []],
    ['a regular expression', "if (/it's \"not text\" here/.test(x)) y = /'also not'/;", []],
  ];
  for (const [what, source, problems] of planted) {
    it(`${problems.length > 0 ? 'finds' : 'passes over'} ${what}`, () => assert.deepEqual(untranslated(source), problems));
  }

  it('are collected with their quotes and line ends', () => {
    assert.deepEqual(translatable("t('It\\'s {0}\\nlong', x); l10n.t(\"two words\"); f(t('in a call')); tt('not this one');"), [
      "It's {0}\nlong",
      'two words',
      'in a call',
    ]);
  });
});
