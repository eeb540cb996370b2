import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { redact } from '../engine/redact.ts';
import { LazyCredential, type Credential } from './tokens.ts';

export interface IdentityOptions {
  /** Where tokens come from in this cloud; undefined for the public one. */
  readonly authorityHost: string | undefined;
  /** Told what does not matter to people. */
  readonly debug: (text: string) => void;
}

/**
 * The other credentials: environment, workload identity, managed identity, Azure CLI, Azure PowerShell, and so on. The library is loaded at the first
 * use.
 */
export function identityCredential({ authorityHost, debug }: IdentityOptions): Credential {
  return new LazyCredential(async () => {
    const { DefaultAzureCredential } = await import('@azure/identity');
    await shareSignIn(debug);
    return new DefaultAzureCredential({ additionallyAllowedTenants: ['*'], ...(authorityHost === undefined ? {} : { authorityHost }) });
  }, Date.now);
}

/** Loads the plugin that shares the sign-in of the Azure extensions. It needs a native module; where that does not load, nothing is lost but a line. */
export async function shareSignIn(debug: (text: string) => void): Promise<void> {
  try {
    const { useIdentityPlugin } = await import('@azure/identity');
    const { vsCodePlugin } = await import('@azure/identity-vscode');
    useIdentityPlugin(vsCodePlugin);
  } catch (error) {
    debug(`@azure/identity-vscode is not used: ${redact(error instanceof Error ? error.message : String(error)).split('\n', 1)[0]}`);
  }
}

/** Variables that say that one of the other credentials is set up here. Source: @azure/identity, EnvironmentCredential and ManagedIdentityCredential. */
const SIGNS = ['AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'IMDS_ENDPOINT'];

/** Is it likely that one of the other credentials works? Costs a look at a file, where asking them costs programs and seconds. */
export function hasIdentity(env: Readonly<Record<string, string | undefined>>): boolean {
  if (SIGNS.some((name) => env[name])) return true;
  return existsSync(join(env['AZURE_CONFIG_DIR'] ?? join(homedir(), '.azure'), 'azureProfile.json'));
}
