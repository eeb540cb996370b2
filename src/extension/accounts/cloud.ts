import { armAt, CHINA, PUBLIC, US_GOVERNMENT, type KnownCloud } from '../../azure/arm/clouds.ts';

/** One of Microsoft's clouds, as VS Code's own settings name it. */
export interface Cloud extends KnownCloud {
  /** Id of VS Code's authentication provider. */
  readonly provider: 'microsoft' | 'microsoft-sovereign-cloud';
}

/**
 * The cloud that the settings `microsoft-sovereign-cloud.environment` and `microsoft-sovereign-cloud.customEnvironment` of VS Code choose. The custom
 * one is an object with the names that `az cloud` and VS Code use; any that is missing is taken from the public cloud.
 */
export function cloudOf(environment: unknown, custom: unknown): Cloud {
  if (environment === 'ChinaCloud') return { provider: 'microsoft-sovereign-cloud', ...CHINA };
  if (environment === 'USGovernment') return { provider: 'microsoft-sovereign-cloud', ...US_GOVERNMENT };
  if (environment !== 'custom' || typeof custom !== 'object' || custom === null) return { provider: 'microsoft', ...PUBLIC };
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
