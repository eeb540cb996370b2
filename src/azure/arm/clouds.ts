import type { ArmEndpoint } from './arm.ts';

/** One of Microsoft's clouds, as far as storage is concerned. */
export interface KnownCloud {
  readonly arm: ArmEndpoint;
  /** Blob endpoints end in `.blob.` and this. */
  readonly storageSuffix: string;
  /** Where tokens come from; undefined for the public cloud. */
  readonly authorityHost: string | undefined;
}

export const PUBLIC: KnownCloud = {
  arm: armAt('https://management.azure.com'),
  storageSuffix: 'core.windows.net',
  authorityHost: undefined,
};
export const CHINA: KnownCloud = {
  arm: armAt('https://management.chinacloudapi.cn'),
  storageSuffix: 'core.chinacloudapi.cn',
  authorityHost: 'https://login.chinacloudapi.cn',
};
export const US_GOVERNMENT: KnownCloud = {
  arm: armAt('https://management.usgovcloudapi.net'),
  storageSuffix: 'core.usgovcloudapi.net',
  authorityHost: 'https://login.microsoftonline.us',
};

/** Azure Resource Manager at this URL. */
export function armAt(url: string): ArmEndpoint {
  const bare = url.replace(/\/+$/, '');
  return { url: bare, scope: `${bare}/.default` };
}

/** Azure Resource Manager of the cloud in which this blob endpoint lies; undefined for emulators, Azure Stack Hub and domains of one's own. */
export function armOf(endpoint: string): ArmEndpoint | undefined {
  const { protocol, hostname } = new URL(endpoint);
  if (protocol !== 'https:') return undefined;
  // DNS zones are of the public cloud.
  if (hostname.endsWith('.blob.storage.azure.net')) return PUBLIC.arm;
  return [PUBLIC, CHINA, US_GOVERNMENT].find(({ storageSuffix }) => hostname.endsWith(`.blob.${storageSuffix}`))?.arm;
}
