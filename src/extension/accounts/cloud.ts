import type { ArmEndpoint } from '../../azure/arm/arm.ts';

/** One of Microsoft's clouds, as VS Code's own settings name it. */
export interface Cloud {
  /** Id of VS Code's authentication provider. */
  readonly provider: 'microsoft' | 'microsoft-sovereign-cloud';
  readonly arm: ArmEndpoint;
  /** Blob endpoints end in `.blob.` and this. */
  readonly storageSuffix: string;
  /** Where tokens come from; undefined for the public cloud. */
  readonly authorityHost: string | undefined;
}

const PUBLIC: Cloud = {
  provider: 'microsoft',
  arm: armAt('https://management.azure.com'),
  storageSuffix: 'core.windows.net',
  authorityHost: undefined,
};
const CHINA: Cloud = {
  provider: 'microsoft-sovereign-cloud',
  arm: armAt('https://management.chinacloudapi.cn'),
  storageSuffix: 'core.chinacloudapi.cn',
  authorityHost: 'https://login.chinacloudapi.cn',
};
const US_GOVERNMENT: Cloud = {
  provider: 'microsoft-sovereign-cloud',
  arm: armAt('https://management.usgovcloudapi.net'),
  storageSuffix: 'core.usgovcloudapi.net',
  authorityHost: 'https://login.microsoftonline.us',
};

/**
 * The cloud that the settings `microsoft-sovereign-cloud.environment` and `microsoft-sovereign-cloud.customEnvironment` of VS Code choose. The custom
 * one is an object with the names that `az cloud` and VS Code use; any that is missing is taken from the public cloud.
 */
export function cloudOf(environment: unknown, custom: unknown): Cloud {
  if (environment === 'ChinaCloud') return CHINA;
  if (environment === 'USGovernment') return US_GOVERNMENT;
  if (environment !== 'custom' || typeof custom !== 'object' || custom === null) return PUBLIC;
  const text = (name: string): string | undefined => {
    const value = (custom as Record<string, unknown>)[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const arm = armAt(text('resourceManagerEndpointUrl') ?? PUBLIC.arm.url);
  // A resource id is taken as it is: whether it ends in a slash is part of it.
  const resource = text('activeDirectoryResourceId');
  return {
    provider: 'microsoft-sovereign-cloud',
    arm: resource === undefined ? arm : { ...arm, scope: `${resource}/.default` },
    storageSuffix: (text('storageEndpointSuffix') ?? PUBLIC.storageSuffix).replace(/^\./, ''),
    authorityHost: text('activeDirectoryEndpointUrl')?.replace(/\/+$/, ''),
  };
}

function armAt(url: string): ArmEndpoint {
  const bare = url.replace(/\/+$/, '');
  return { url: bare, scope: `${bare}/.default` };
}
