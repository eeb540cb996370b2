import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import type { AzureSession } from '../session.ts';
import type { StorageAccount } from './account.ts';

/** A list to choose from holds no more than this; whoever has more finds the rest in the tree. */
const MOST = 5000;

/** Names of the containers that can be seen in an account. @throws access and service errors */
export async function containersIn(
  { endpoint, scope }: Pick<StorageAccount, 'endpoint' | 'scope'>,
  session: AzureSession,
  job: JobOptions,
): Promise<string[]> {
  const browser = await session.browse(endpoint, scope);
  const { retrier, signal } = toolsFor(job);
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const from = marker;
    const page = await retrier.repeat('containers', () => browser.containers(from, { signal }), signal);
    names.push(...page.items.map(({ name }) => name));
    marker = page.next;
  } while (marker !== undefined && names.length < MOST);
  return names;
}
