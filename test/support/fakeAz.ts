import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Puts an Azure CLI into `folder` that is signed in with this token. @returns the environment in which the command line uses it and nothing else */
export async function signedInWith(token: string, folder: string): Promise<Readonly<Record<string, string>>> {
  const ends = Math.floor(Date.now() / 1000) + 3600;
  const answer = { accessToken: token, expires_on: ends, expiresOn: new Date(ends * 1000).toISOString(), tokenType: 'Bearer' };
  const path = join(folder, 'az');
  await writeFile(path, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(answer)}\nEND\n`);
  await chmod(path, 0o755);
  return { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential' };
}
