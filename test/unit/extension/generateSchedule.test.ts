import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import { COMMANDS } from '../../../src/extension/names.ts';
import { CommandRig } from '../../support/extension/commandRig.ts';
import { Uri } from '../../support/vscode/basics.ts';
import { policyFolder } from '../../support/vscode/policyFolder.ts';
import { user } from '../../support/vscode/user.ts';
import { POLICY_TEXT } from '../policy/generate/requests.ts';

const FILE = Uri.parse('file:///project/policies/page-blob-backup.yaml');

let rig: CommandRig;
afterEach(() => {
  rig.close();
  policyFolder.reset();
});

async function generate(text: string): Promise<{ language: string; content: string }[]> {
  policyFolder.documents = [{ uri: FILE, getText: () => text }];
  await rig.run(COMMANDS.generateSchedule, FILE);
  return user.executed.flatMap(([name, language, content]) =>
    name === 'openTextDocument' ? { language: language as string, content: content as string } : [],
  );
}

describe('Generate Scheduled Backup…', () => {
  it('opens a workflow for so many machines as are asked for', async () => {
    rig = await CommandRig.open();
    user.answers(/What is to run the policy/, 'GitHub Actions workflow');
    user.answers(/How many machines/, '3');
    const [document, ...others] = await generate(POLICY_TEXT);
    assert.deepEqual([document!.language, others], ['yaml', []]);
    const { jobs } = parse(document!.content) as { jobs: { backup: { strategy: object; env: { POLICY: string } } } };
    assert.deepEqual((jobs.backup.strategy as { matrix: object }).matrix, { shard: [1, 2, 3] });
    assert.equal(jobs.backup.env.POLICY, 'project/policies/page-blob-backup.yaml');
  });

  it('opens all units of systemd, without a question about machines', async () => {
    rig = await CommandRig.open();
    user.answers(/What is to run the policy/, 'systemd service and timer');
    const documents = await generate(POLICY_TEXT);
    assert.deepEqual(
      documents.map(({ language }) => language),
      ['ini', 'ini', 'ini', 'ini'],
    );
    assert.match(documents[0]!.content, /--policy \/project\/policies\/page-blob-backup\.yaml --only backup$/m);
    assert.deepEqual(user.take().length, 1);
  });

  it('says what is wrong with the policy, and makes nothing of one that holds a secret', async () => {
    rig = await CommandRig.open();
    assert.deepEqual(await generate('version: 1\nchains: 3\n'), []);
    assert.deepEqual(await generate(`# sig=abcdefgh\n${POLICY_TEXT}`), []);
    assert.deepEqual(user.take(), [
      'warning: The policy has a mistake in line 2: Here a list is needed.',
      'warning: The policy file holds what looks like a secret, so nothing is made from it.',
    ]);
  });
});
