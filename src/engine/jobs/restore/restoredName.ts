/** `disk.vhd` becomes `diskrestored.vhd`, as in Microsoft's recipe. Takes a blob's name or a URL without query. */
export function restoredName(name: string): string {
  return name.replace(/(?<ending>\.[^./]*)?$/, 'restored$<ending>');
}
