/** One word of a POSIX shell, whatever is in it: between single quotes nothing has a meaning. */
export function shWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** One string of PowerShell; it takes typographic single quotes for plain ones. */
export function powerShellString(text: string): string {
  return `'${text.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
}
