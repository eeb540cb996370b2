/** Words of an `ExecStart=` as systemd.service ("COMMAND LINES") and systemd.syntax ("QUOTING") say: quotes, escapes, `%%` and `$$`. */
export function splitUnitLine(line: string): string[] {
  const words: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/"((?:\\.|[^"\\])*)"|([^\s"]+)/g)) {
    const text = quoted?.replaceAll(/\\(.)/g, (_, sign: string) => (sign === 't' ? '\t' : sign)) ?? plain!;
    for (const lone of ['%', '$']) if (text.replaceAll(lone + lone, '').includes(lone)) throw new Error(`A lone ${lone} in ${text}`);
    words.push(text.replaceAll('%%', '%').replaceAll('$$', '$'));
  }
  return words;
}

/** Sections of a unit, each as its keys and values. A key that comes twice is refused. */
export function readUnit(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const name = /^\[(\w+)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      section = sections[name] = {};
      continue;
    }
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || !section || key in section) throw new Error(`Not a line of a unit: ${line}`);
    section[key] = value!;
  }
  return sections;
}
