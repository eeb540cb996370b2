import * as vscode from 'vscode';
import { notices } from '../notices.ts';
import { attach, isAccountName, type AttachInput } from './attachInput.ts';
import type { Attached, Attachment } from './attached.ts';
import { problemText, warningText } from './attachWords.ts';
import { input, pick, runSteps, type InputFault, type StepEnd } from './steps.ts';

const { t } = vscode.l10n;

export interface FlowParts {
  readonly endpoints: () => readonly string[];
  /** Blob endpoints of the user's cloud end in this. */
  readonly storageSuffix: string;
  /** Asks the account; the reason why it does not answer, in plain words. */
  readonly check: (attachment: Attachment, signal: AbortSignal) => Promise<string | undefined>;
}

type Way = 'connectionString' | 'key' | 'sas' | 'url';

interface WayItem extends vscode.QuickPickItem {
  readonly way: Way;
}

/** Asks how to reach an account and for what that takes. @returns undefined when the user went away */
export async function askForAccount(parts: FlowParts): Promise<Attachment | undefined> {
  let way: Way = 'connectionString';
  let name = '';
  let key = '';
  let attachment: Attachment | undefined;
  const title = t('Attach Storage Account');

  const askWay = async () => {
    const end = await pick({ title, step: 1, totalSteps: 2, placeholder: t('How do you reach the account?'), items: ways() });
    return went(end, (item) => (way = item.way));
  };
  const askText = async () => {
    const kind = way === 'key' ? 'connectionString' : way;
    const judge = (text: string): Attached => attach({ kind, text }, parts.endpoints(), Date.now());
    const end = await input({
      title,
      step: 2,
      totalSteps: 2,
      ...textOf(kind),
      password: kind !== 'url',
      validate: (text) => faultOf(judge(text)),
    });
    return went(end, (text) => (attachment = attachmentOf(judge(text))));
  };
  const askName = async () => {
    const end = await input({
      title,
      step: 2,
      totalSteps: 4,
      placeholder: 'mystorageaccount',
      prompt: t('Name of the storage account'),
      value: name,
      validate: (text) => nameFault(text.trim()),
    });
    return went(end, (text) => (name = text.trim()));
  };
  const askKey = async () => {
    const judge = (text: string): Attached => attach(keyInput(name, text, 'https://a.blob.core.windows.net'), [], Date.now());
    const prompt = t('Account key of {0}', name);
    const end = await input({
      title,
      step: 3,
      totalSteps: 4,
      placeholder: t('Account key'),
      prompt,
      password: true,
      validate: (text) => faultOf(judge(text)),
    });
    return went(end, (text) => (key = text.trim()));
  };
  const askEndpoint = async () => {
    const usual = isAccountName(name) ? `https://${name}.blob.${parts.storageSuffix}` : '';
    const judge = (text: string): Attached =>
      text.trim() === '' ? { problem: 'empty' } : attach(keyInput(name, key, text), [], Date.now());
    const prompt = t('Blob endpoint: press Enter unless the account has its own');
    const placeholder = 'https://<account>.blob.core.windows.net';
    const end = await input({ title, step: 4, totalSteps: 4, placeholder, prompt, value: usual, validate: (text) => faultOf(judge(text)) });
    return went(end, (text) => (attachment = attachmentOf(judge(text))));
  };
  const askAnyway = async () => {
    if (!attachment) return 'cancel';
    const reason = await checked(attachment, parts.check);
    if (reason === undefined) return 'next';
    if (reason === 'cancel') return 'cancel';
    const { account } = attachment;
    const items = [{ label: `$(add) ${t('Add Anyway')}`, detail: reason }];
    const end = await pick({ title, step: 5, totalSteps: 5, placeholder: t('{0} did not answer as it should', account.name), items });
    return went(end, () => undefined);
  };
  const steps = () => (way === 'key' ? [askWay, askName, askKey, askEndpoint, askAnyway] : [askWay, askText, askAnyway]);
  return (await runSteps((index) => steps()[index])) ? attachment : undefined;
}

function ways(): WayItem[] {
  return [
    { way: 'connectionString', label: `$(key) ${t('Connection String')}`, description: t('also of emulators and custom endpoints') },
    { way: 'key', label: `$(key) ${t('Account Name and Key')}`, description: '' },
    { way: 'sas', label: `$(link) ${t('SAS URL')}`, description: t('of an account, a container or a blob') },
    { way: 'url', label: `$(account) ${t('Blob URL')}`, description: t('with the Microsoft account that is signed in') },
  ];
}

function textOf(kind: Exclude<Way, 'key'>): { readonly prompt: string; readonly placeholder: string } {
  switch (kind) {
    case 'connectionString':
      return {
        prompt: t('Connection string of the storage account'),
        placeholder: 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…',
      };
    case 'sas':
      return {
        prompt: t('URL of an account, container or blob, with its SAS'),
        placeholder: 'https://<account>.blob.core.windows.net/<container>?sv=…&sig=…',
      };
    case 'url':
      return {
        prompt: t('URL of an account, container or blob'),
        placeholder: 'https://<account>.blob.core.windows.net/<container>/<blob>',
      };
  }
}

/** With an endpoint of its own an account may be called otherwise than Azure allows. */
function nameFault(name: string): InputFault | undefined {
  if (/^[\w-]+$/.test(name)) return undefined;
  return faultOf({ problem: name === '' ? 'empty' : 'accountName' });
}

function keyInput(name: string, key: string, endpoint: string): AttachInput {
  return { kind: 'key', name, key, endpoint, suffix: '' };
}

function went<T>(end: StepEnd<T>, take: (value: T) => unknown): 'next' | 'back' | 'cancel' {
  if (typeof end === 'string') return end;
  take(end.value);
  return 'next';
}

function attachmentOf(attached: Attached): Attachment | undefined {
  return 'attachment' in attached ? attached.attachment : undefined;
}

function faultOf(attached: Attached): InputFault | undefined {
  if ('problem' in attached) return { message: problemText(t, attached.problem), isWarning: false };
  const { warning } = attached.attachment;
  return warning && { message: warningText(t, warning), isWarning: true };
}

/** @returns why the account does not answer, `cancel` when the user did not want to wait, or nothing when all is well */
export async function checked(attachment: Attachment, check: FlowParts['check']): Promise<string | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: t('Asking {0}…', attachment.account.name), cancellable: true };
  return notices.withProgress(options, async (_progress, cancellation) => {
    const controller = new AbortController();
    cancellation.onCancellationRequested(() => controller.abort());
    const reason = await check(attachment, controller.signal);
    return controller.signal.aborted ? 'cancel' : reason;
  });
}
