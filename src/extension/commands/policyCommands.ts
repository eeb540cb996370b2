import { commands, l10n, Uri, window, workspace } from 'vscode';
import { notices } from '../notices.ts';
import { isBackupError } from '../../engine/errors.ts';
import type { JobOptions } from '../../engine/tools.ts';
import { forEachBounded } from '../../engine/transfer/concurrency.ts';
import type { Policy } from '../../policy/policy.ts';
import { examplePolicy } from '../schedule/editor/examplePolicy.ts';
import type { LivePreview } from '../schedule/editor/previewText.ts';
import { isPolicyFile } from '../schedule/policyFiles.ts';
import { withLooking, withWaiting } from './progress.ts';
import type { CommandTools, Handler } from './tools.ts';

/** So many chains are asked for a preview; the rest is like them. */
const MOST_CHAINS = 20;
const AT_ONCE = { calls: 4, bytes: Infinity };
const COMING = 5;

/** *New Policy File*: a commented one with the chains that are known, not saved yet. */
export const newPolicyFile: Handler = async ({ trees, voice }) => {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const known = await withLooking(l10n.t('Looking for chains'), () => trees.chains());
  const chains = known.flatMap(({ source, backup }) => (source === undefined ? [] : { source, backup }));
  const content = examplePolicy(chains, Intl.DateTimeFormat().resolvedOptions().timeZone, voice.t);
  const uri = folder && Uri.joinPath(folder, 'page-blob-backup.yaml');
  if (!uri || (await exists(uri))) {
    await window.showTextDocument(await workspace.openTextDocument({ language: 'yaml', content }));
    return;
  }
  await workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  await window.showTextDocument(await workspace.openTextDocument(uri));
};

/** *Preview Policy*: what the file means, as a document; nothing is changed. */
export const previewPolicy: Handler = async (tools, file) => {
  const { policyEditor, voice, job } = tools;
  const uri = await policyUri(file, tools);
  if (!uri) return;
  const text = await policyTextOf(uri, tools);
  const [{ readPolicy }, { previewText }] = await Promise.all([
    import('../../policy/file/readPolicy.ts'),
    import('../schedule/editor/previewText.ts'),
  ]);
  const { policy, problems } = readPolicy(text);
  if (!policy) {
    const { line = 1, message = '' } = problems[0] ?? {};
    await notices.showWarningMessage(l10n.t('The policy has a mistake in line {0}: {1}', line, message));
    return;
  }
  const live = workspace.isTrusted
    ? await withWaiting(l10n.t('Looking at the chains of the policy'), job, (waiting) => lookAt(policy, waiting, tools))
    : { found: [], remark: l10n.t('The chains were not asked, since the folder of the policy is not trusted.') };
  const shown = policyEditor.previewUri(l10n.t('Backup Policy.md'), previewText(policy, live.found, live.remark, voice));
  await commands.executeCommand('markdown.showPreview', shown);
};

async function lookAt(
  policy: Policy,
  job: JobOptions,
  { session }: CommandTools,
): Promise<{ readonly found: readonly LivePreview[]; readonly remark: string | undefined }> {
  const [{ expandPolicy }, { previewChain }] = await Promise.all([
    import('../../policy/apply/expand.ts'),
    import('../../policy/apply/preview.ts'),
  ]);
  const { chains, faults, empty } = await expandPolicy(policy, await session.lister(), { signal: job.signal });
  const found = new Map<string, LivePreview>();
  await forEachBounded(
    chains.slice(0, MOST_CHAINS),
    AT_ONCE,
    () => 0,
    async (chain) => {
      try {
        const [source, backup, catalogue] = await Promise.all([
          session.pageBlob(chain.source),
          session.pageBlob(chain.backup),
          session.recordStoreFor(chain.backup, chain.target.catalogue),
        ]);
        found.set(chain.key, { preview: await previewChain(chain, { source, backup, catalogue }, COMING, job) });
      } catch (error) {
        if (!isBackupError(error) || error.code === 'cancelled') throw error;
        found.set(chain.key, { source: chain.source, problem: error.message });
      }
    },
    job.signal,
  );
  const sorted = chains.flatMap(({ key }) => found.get(key) ?? []);
  const failed = faults.map(({ what, error }): LivePreview => ({ source: what, problem: error.message }));
  const remarks = [
    chains.length > MOST_CHAINS ? l10n.t('The policy means {0} chains; the first {1} were asked.', chains.length, MOST_CHAINS) : '',
    ...empty.map((what) => l10n.t('No page blob matches {0}.', what)),
  ];
  return { found: [...failed, ...sorted], remark: remarks.filter(Boolean).join(' ') || undefined };
}

/** The text of a policy as it is typed, saved or not. */
export async function policyTextOf(uri: Uri, { schedule }: CommandTools): Promise<string> {
  const open = workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  return open?.getText() ?? (await schedule.read(uri.toString())) ?? '';
}

/** The policy file that a menu was opened on, that is being edited, or that is chosen. */
export async function policyUri(file: unknown, { schedule }: CommandTools): Promise<Uri | undefined> {
  if (file instanceof Uri) return file;
  const active = window.activeTextEditor?.document.uri;
  if (active && isPolicyFile(active)) return active;
  const uris = await schedule.files();
  if (uris.length === 0) await notices.showInformationMessage(l10n.t('There is no policy file in this workspace for that.'));
  if (uris.length < 2) return uris[0] === undefined ? undefined : Uri.parse(uris[0]);
  const items = uris.map((uri) => ({ label: workspace.asRelativePath(Uri.parse(uri)), uri }));
  const chosen = await window.showQuickPick(items, { placeHolder: l10n.t('Which policy file?') });
  return chosen && Uri.parse(chosen.uri);
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
