/** `https://a/container` and `https://b/c/disk.vhd` give `https://a/container/b/c/disk.vhd.chain`; a SAS stays at the end. */
export function catalogueFolder(place: string, backupUrl: string): string {
  const [path = '', ...query] = place.trim().split('?');
  const own = backupUrl.replace(/^[a-z]+:\/\//i, '');
  return [`${path.replace(/\/+$/, '')}/${own}.chain`, ...query].join('?');
}
