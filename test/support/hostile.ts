import fc from 'fast-check';

/** What somebody may put into a name, metadata, a catalogue record or an answer of a service. */
const PIECES = [
  '\u001b[2J\u001b[31m',
  '\u001b]0;title\u0007',
  '\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007',
  '\u009b31m',
  '\r',
  '\n',
  '\u0000',
  '\u0008\u0008',
  '\u007f',
  '\u2028',
  '\u202e',
  '\u2066',
  '[open](command:workbench.action.terminal.new)',
  '[open](https://evil.example)',
  '![x](https://evil.example/x.png)',
  '<img src=x onerror=alert(1)>',
  '</title><script>alert(1)</script>',
  '"><base href="https://evil.example/">',
  '" http-equiv="refresh" content="0;url=https://evil.example',
  '&lt;script&gt;',
  '&#60;b&#62;',
  'https://evil.example/?a=b',
  'www.evil.example',
  'me@evil.example',
  '<https://evil.example>',
  '[x]: https://evil.example',
  '`code`',
  '```',
  '**bold**',
  '# head',
  '| a | b |',
  '$(trash)',
  '${env:HOME}',
  '$(reboot)',
  '`id`',
  '../../../etc/passwd',
  '..\\..\\x',
  'C:\\x',
  'javascript:alert(1)',
  "'; drop",
  ']]>',
  '<!ENTITY x SYSTEM "file:///etc/passwd">&x;',
  '__proto__',
  'constructor',
  '{0}',
  '%n%s',
];

/** Hostile text: such pieces among anything else. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(''));

/** Runs of one property; a failing one prints its seed. */
export const RUNS = { seed: Number(process.env['HOSTILE_SEED'] ?? 64), numRuns: 400 } as const;
