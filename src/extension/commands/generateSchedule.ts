import { l10n, window, workspace, type Uri } from 'vscode';
import { notices } from '../notices.ts';
import { redact } from '../../engine/redact.ts';
import type { ScheduleKindName } from '../../policy/generate/kinds.ts';
import { policyTextOf, policyUri } from './policyCommands.ts';
import type { Handler } from './tools.ts';

const LANGUAGES: Readonly<Record<string, string>> = { yml: 'yaml', yaml: 'yaml', sh: 'shellscript', service: 'ini', timer: 'ini' };
const MOST_SHARDS = 256;

/** *Generate Scheduled Backup…*: what makes a scheduler run a policy file, as documents that are not saved yet. */
export const generateSchedule: Handler = async (tools, file) => {
  const uri = await policyUri(file, tools);
  if (!uri) return;
  const text = await policyTextOf(uri, tools);
  const [{ readPolicy }, { SCHEDULE_KINDS }] = await Promise.all([
    import('../../policy/file/readPolicy.ts'),
    import('../../policy/generate/kinds.ts'),
  ]);
  const { policy, problems } = readPolicy(text);
  if (!policy) {
    const { line = 1, message = '' } = problems[0] ?? {};
    await notices.showWarningMessage(l10n.t('The policy has a mistake in line {0}: {1}', line, message));
    return;
  }
  if (redact(text) !== text) {
    await notices.showWarningMessage(l10n.t('The policy file holds what looks like a secret, so nothing is made from it.'));
    return;
  }
  const chosen = await window.showQuickPick(kindItems(), { placeHolder: l10n.t('What is to run the policy?') });
  if (!chosen) return;
  const { generate, findsPolicy, isSharded } = SCHEDULE_KINDS[chosen.scheduler];
  const shards = isSharded ? await askShards() : 1;
  if (shards === undefined) return;
  const policyPath = placeOf(uri, findsPolicy);
  const files = generate({ policy, policyText: text, policyPath, shards, shard: undefined, image: 'page-blob-backup:latest' });
  for (const { name, text: content } of files) {
    const language = LANGUAGES[name.split('.').at(-1)!] ?? 'plaintext';
    await window.showTextDocument(await workspace.openTextDocument({ language, content }), { preview: false });
  }
};

function kindItems(): { readonly label: string; readonly scheduler: ScheduleKindName }[] {
  return [
    { label: l10n.t('GitHub Actions workflow'), scheduler: 'github' },
    { label: l10n.t('Azure Pipelines file'), scheduler: 'azure-pipelines' },
    { label: l10n.t('Kubernetes CronJob'), scheduler: 'kubernetes' },
    { label: l10n.t('Azure Container Apps job (Bicep)'), scheduler: 'container-apps' },
    { label: l10n.t('systemd service and timer'), scheduler: 'systemd' },
    { label: l10n.t('crontab'), scheduler: 'crontab' },
    { label: l10n.t('Role assignments (script for az)'), scheduler: 'roles' },
  ];
}

async function askShards(): Promise<number | undefined> {
  const isGood = (text: string): boolean => /^[1-9]\d{0,2}$/.test(text) && Number(text) <= MOST_SHARDS;
  const text = await window.showInputBox({
    prompt: l10n.t('How many machines share the disks?'),
    value: '1',
    validateInput: (text) => (isGood(text) ? undefined : l10n.t('A whole number from 1 to {0} is needed here.', MOST_SHARDS)),
  });
  return text === undefined ? undefined : Number(text);
}

function placeOf(uri: Uri, findsPolicy: 'onMachine' | 'inCheckout' | 'beside' | 'inFile'): string {
  if (findsPolicy === 'onMachine') return uri.fsPath;
  return findsPolicy === 'inCheckout' ? workspace.asRelativePath(uri, false) : uri.path.split('/').at(-1)!;
}
