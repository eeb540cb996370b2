/** One string of PowerShell; it takes typographic single quotes for plain ones. */
export function powerShellString(text: string): string {
  return `'${text.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
}
