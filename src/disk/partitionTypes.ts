/** Type GUIDs of a GPT (UEFI specification, chapter 5; Discoverable Partitions Specification; Microsoft's PARTITION_INFORMATION_GPT). */
const GPT_TYPES: Readonly<Record<string, string>> = {
  'C12A7328-F81F-11D2-BA4B-00A0C93EC93B': 'EFI system',
  '21686148-6449-6E6F-744E-656564454649': 'BIOS boot',
  'E3C9E316-0B5C-4DB8-817D-F92DF00215AE': 'Microsoft reserved',
  'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7': 'Windows data',
  'DE94BBA4-06D1-4D40-A16A-BFD50179D6AC': 'Windows recovery',
  '5808C8AA-7E8F-42E0-85D2-E1E90434CFB3': 'Windows dynamic disk (database)',
  'AF9B60A0-1431-4F62-BC68-3311714A69AD': 'Windows dynamic disk (data)',
  'E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D': 'Windows Storage Spaces',
  '0FC63DAF-8483-4772-8E79-3D69D8477DE4': 'Linux',
  '44479540-F297-41B2-9AF7-D131D5F0458A': 'Linux root',
  '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709': 'Linux root',
  'B921B045-1DF0-41C3-AF44-4C6F280D3FAE': 'Linux root',
  '8484680C-9521-48C6-9C11-B0720656F69E': 'Linux /usr',
  '933AC7E1-2EB4-4F13-B844-0E14E2AEF915': 'Linux home',
  '3B8F8425-20E0-4F3B-907F-1A25A76F98E8': 'Linux /srv',
  '4D21B016-B534-45C2-A9FB-5C16E091FD2D': 'Linux /var',
  'BC13C2FF-59E6-4262-A352-B275FD6F7172': 'Linux boot',
  '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F': 'Linux swap',
  'E6D6D379-F507-44C2-A23C-238F2A3DF928': 'Linux LVM',
  'A19D880F-05FC-4D3B-A006-743F0F84911E': 'Linux RAID',
  'CA7D7CCB-63ED-4C53-861C-1742536059CC': 'Linux LUKS',
  '9E1A2D38-C612-4316-AA26-8B49521E5A8B': 'PowerPC PReP boot',
  '516E7CB4-6ECF-11D6-8FF8-00022D09712B': 'FreeBSD',
  '83BD6B9D-7F41-11DC-BE0B-001560B84F0F': 'FreeBSD boot',
  '516E7CB5-6ECF-11D6-8FF8-00022D09712B': 'FreeBSD swap',
  '516E7CB6-6ECF-11D6-8FF8-00022D09712B': 'FreeBSD UFS',
  '516E7CBA-6ECF-11D6-8FF8-00022D09712B': 'FreeBSD ZFS',
};

/** Type bytes of an MBR. */
const MBR_TYPES: Readonly<Record<number, string>> = {
  0x01: 'FAT12',
  0x04: 'FAT16',
  0x06: 'FAT16',
  0x07: 'Windows (NTFS or exFAT)',
  0x0b: 'FAT32',
  0x0c: 'FAT32',
  0x0e: 'FAT16',
  0x11: 'FAT12, hidden',
  0x14: 'FAT16, hidden',
  0x16: 'FAT16, hidden',
  0x17: 'Windows, hidden',
  0x1b: 'FAT32, hidden',
  0x1c: 'FAT32, hidden',
  0x1e: 'FAT16, hidden',
  0x27: 'Windows recovery',
  0x41: 'PowerPC PReP boot',
  0x42: 'Windows dynamic disk',
  0x82: 'Linux swap',
  0x83: 'Linux',
  0x8e: 'Linux LVM',
  0xa5: 'FreeBSD',
  0xa6: 'OpenBSD',
  0xa9: 'NetBSD',
  0xaf: 'HFS+',
  0xbf: 'Solaris',
  0xef: 'EFI system',
  0xfd: 'Linux RAID',
};

/** The type in words; one that is not known by its GUID. */
export function gptTypeText(guid: string): string {
  return GPT_TYPES[guid.toUpperCase()] ?? `type ${guid.toLowerCase()}`;
}

/** The type in words; one that is not known by its byte. */
export function mbrTypeText(type: number): string {
  return MBR_TYPES[type] ?? `type 0x${type.toString(16).padStart(2, '0')}`;
}
