import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { attach, type AttachInput } from '../../src/extension/accounts/attachInput.ts';
import { LazyAzureSession } from '../../src/extension/azureSession.ts';
import type { CommandTools } from '../../src/extension/commands/tools.ts';
import { COMMANDS, type CommandId } from '../../src/extension/names.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { makeDirectory } from '../support/arm/makeDirectory.ts';
import type { Emulator } from '../support/emulator/emulator.ts';
import { MemoryFiles } from '../support/extension/commandRig.ts';
import { redactedLog } from '../support/extension/redactedLog.ts';
import { BACKUPS, clientOf, DISKS, huntedSas, keyOf, startHuntedEmulator } from '../support/huntedAccounts.ts';
import { SecretHunt } from '../support/secretHunt.ts';
import { englishVoice } from '../support/tree/voice.ts';
import { makeDisk } from '../support/twoAccounts.ts';
import { Uri } from '../support/vscode/basics.ts';
import { policyFolder } from '../support/vscode/policyFolder.ts';
import { providers } from '../support/vscode/providers.ts';
import { user } from '../support/vscode/user.ts';
import * as vscode from '../support/vscode/vscode.ts';

await import('../support/vscode/register.ts');
const { Runs } = await import('../../src/extension/runs/registry.ts');
const { RunNotifications } = await import('../../src/extension/runs/notifications.ts');
const { createTrees } = await import('../../src/extension/tree/createTrees.ts');
const { registerCommands } = await import('../../src/extension/commands/registerCommands.ts');
const { PolicyEditor } = await import('../../src/extension/schedule/editor/policyEditor.ts');

const FILE = Uri.parse('file:///project/page-blob-backup.yaml');
const KINDS = [
  ['GitHub Actions workflow', 1],
  ['Azure Pipelines file', 1],
  ['Kubernetes CronJob', 1],
  ['Azure Container Apps job (Bicep)', 1],
  ['systemd service and timer', 4],
  ['crontab', 1],
  ['Role assignments (script for az)', 1],
] as const;

/** The way from attached accounts to files of schedulers: *New Policy File*, *Preview Policy*, *Generate Scheduled Backup…*; and policies into which somebody pasted a secret. */
describe('secrets of accounts whose policies are generated in the editor', () => {
  const hunt = new SecretHunt();
  let emulator: Emulator;
  let documents = 0;

  before(async () => {
    emulator = await startHuntedEmulator(hunt);
  });
  after(() => emulator.close());

  const sas = (account: string): string => huntedSas(emulator, hunt, account);

  const ways: Record<string, (account: string) => AttachInput> = {
    'a key': (account) => ({
      kind: 'key',
      name: account,
      key: keyOf(account),
      endpoint: emulator.blobEndpoint(account),
      suffix: 'core.windows.net',
    }),
    'a connection string': (account) => ({ kind: 'connectionString', text: emulator.connectionString(account) }),
    'a connection string with a SAS': (account) => ({
      kind: 'connectionString',
      text: `BlobEndpoint=${emulator.blobEndpoint(account)};SharedAccessSignature=${sas(account)}`,
    }),
    'a SAS': (account) => ({ kind: 'sas', text: `${emulator.blobEndpoint(account)}?${sas(account)}` }),
  };

  /** The extension's commands on accounts that are attached like this. */
  async function open(way: (account: string) => AttachInput) {
    const made = makeDirectory();
    const { directory } = made;
    for (const account of [DISKS, BACKUPS]) {
      const attached = attach(way(account), directory.endpoints(), Date.now());
      assert.ok('attachment' in attached, inspect(attached));
      await directory.attach(attached.attachment);
    }
    const session = new LazyAzureSession({
      directory,
      anybody: () => directory.anybody,
      env: {},
      apiVersion: () => undefined,
      userAgent: 'test',
    });
    const { log, lines } = redactedLog();
    const voice = englishVoice(() => Date.now());
    user.reset();
    const job = { world: systemWorld, retry: { tries: 1, firstWaitMs: 1, longestWaitMs: 1 } };
    const runs = new Runs({
      session,
      files: new MemoryFiles(),
      screen: new RunNotifications(voice),
      log,
      voice,
      world: systemWorld,
      owner: { id: 'here', isAlive: () => true },
      readSettings: () => ({ transfer: 'auto', proof: undefined, limits: { calls: 4, bytes: 1 << 24 } }) as never,
    });
    const trees = createTrees({ directory, session, voice, log, runs, job });
    const files = { find: async () => [], read: async () => undefined, onDidChange: () => ({ dispose: () => undefined }) };
    const policyEditor = new PolicyEditor(vscode.Uri.file('/extension') as never, files, log);
    const schedule = { read: async () => undefined, files: async () => [] } as unknown as CommandTools['schedule'];
    const rest = { accounts: {} as CommandTools['accounts'], restorePages: { show: () => undefined } as never };
    const commands = registerCommands({ session, directory, trees, runs, log, voice, job, policyEditor, schedule, ...rest });
    const close = (): void => {
      // Whatever was shown or logged since the beginning.
      hunt.search('log', lines.join('\n'));
      hunt.search('notifications', JSON.stringify(user.seen));
      hunt.search('clipboard', user.clipboard.join('\n'));
      hunt.search('commands', JSON.stringify(user.executed));
      hunt.search('mistakes', JSON.stringify([...policyFolder.found]));
      for (const each of [commands, trees, policyEditor]) each.dispose();
      policyFolder.reset();
    };
    return { runs, close };
  }

  const run = async (id: CommandId, ...args: unknown[]): Promise<void> => void (await vscode.commands.executeCommand(id, ...args));
  const opened = (): string[] => user.executed.flatMap(([name, , text]) => (name === 'openTextDocument' ? [text as string] : []));
  function edit(text: string): void {
    const document = { uri: FILE, getText: () => text };
    policyFolder.documents = [document];
    policyFolder.opened.fire(document);
  }

  for (const [way, attachment] of Object.entries(ways)) {
    it(`attached with ${way} are in no policy, preview or generated file`, async () => {
      const { runs, close } = await open(attachment);
      const name = `${way.replaceAll(' ', '-')}.vhd`;
      const disk = await makeDisk(clientOf(emulator, DISKS).getContainerClient('vhds'), name, 1 << 20, [
        { offset: 0, length: 4096, fill: 1 },
      ]);
      const backup = `${emulator.blobEndpoint(BACKUPS)}/backups/${name}`;
      assert.equal((await runs.start({ job: 'backup', source: disk.url, backup, full: false, adopt: false })).state, 'done');

      await run(COMMANDS.newPolicyFile);
      const policy = opened().at(-1)!;
      assert.ok(policy.includes(`backups/${name}`), policy);
      edit(policy);
      await run(COMMANDS.previewPolicy, FILE);
      const [, preview] = user.executed.findLast(([command]) => command === 'markdown.showPreview') as [string, { readonly path: string }];
      const shown = policyTexts().provideTextDocumentContent(preview);
      hunt.search('preview', shown);
      assert.match(shown, new RegExp(name.replaceAll('-', '\\\\?-').replace('.', '\\\\?.')));
      for (const [kind, count] of KINDS) {
        user.answers(/What is to run the policy/, kind);
        user.answers(/How many machines/, '2');
        const before = opened().length;
        await run(COMMANDS.generateSchedule, FILE);
        const made = opened().slice(before);
        assert.equal(made.length, count, `${kind}: ${JSON.stringify(user.take())}`);
        for (const text of made) hunt.search(`generated ${kind}`, text);
        documents += made.length;
      }
      close();
    });
  }

  it('pasted into a policy are refused, and repeated in no notification, mistake or file', async () => {
    const { close } = await open(ways['a key']!);
    const [from, to] = [DISKS, BACKUPS].map((account) => emulator.blobEndpoint(account));
    const plain = `version: 1\nchains:\n  - account: "${from}"\n    blobs: vhds/a.vhd\n    window: 12h\n    retention: all\n    to: { account: "${to}", blob: "backups/{blob}" }\n`;
    const query = sas(DISKS);
    const key = keyOf(DISKS);
    const pasted = [
      plain.replace(from!, `${from}?${query}`),
      plain.replace('vhds/a.vhd', `"vhds/a.vhd?${query}"`),
      plain.replace('backups/{blob}', `backups/{blob}?${query}`),
      plain.replace('12h', `"${emulator.connectionString(DISKS)}"`),
      plain.replace('window: 12h', `"${key}": 12h`),
      plain.replace('window: 12h', `"?${query}": 12h`),
      `# ${from}?${query}\n${plain}`,
      `# ${emulator.connectionString(DISKS)}\n${plain}`,
      `# SharedAccessSignature=${query}\n${plain}`,
      `${plain}# ${key}\n`,
      `${plain}  - account: *${query}\n`,
      `account: "${from}?${query}\n`,
      `${key}: [`,
    ];
    for (const text of pasted) {
      edit(text);
      const before = opened().length;
      user.answers(/What is to run the policy/, 'Kubernetes CronJob');
      user.answers(/How many machines/, '1');
      await run(COMMANDS.generateSchedule, FILE);
      assert.equal(opened().length, before, text);
      assert.match(user.seen.at(-1)!.text, /has a mistake in line|what looks like a secret/, text);
      await run(COMMANDS.previewPolicy, FILE);
      const [, preview] = (user.executed.findLast(([command]) => command === 'markdown.showPreview') ?? []) as { readonly path: string }[];
      if (preview) hunt.search('preview', policyTexts().provideTextDocumentContent(preview));
    }
    close();
  });

  function policyTexts(): { provideTextDocumentContent(uri: { readonly path: string }): string } {
    return providers.get('text:page-blob-policy') as never;
  }

  it('were looked for in earnest: nothing was found', () => {
    const told = `${hunt.hidden} kinds of secrets, ${hunt.searched} characters, ${documents} generated documents`;
    assert.ok(hunt.hidden >= 4 && hunt.searched > 50_000 && documents === 40, told);
    assert.deepEqual([...hunt.found], [], told);
  });
});
