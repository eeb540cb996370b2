import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { validateWorkflow } from '@action-validator/core';
import { Ajv, type ValidateFunction } from 'ajv';
import { Cron } from 'croner';
import fc from 'fast-check';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parse, parseAllDocuments } from 'yaml';
import { redact } from '../../../../src/engine/redact.ts';
import { SCHEDULE_KINDS } from '../../../../src/policy/generate/kinds.ts';
import type { ScheduleRequest } from '../../../../src/policy/generate/schedule.ts';
import { pipelineFaults } from './pipelineSchema.ts';
import { bicepResources, parseBicep, readBicepString } from './readBicep.ts';
import { readUnit, splitUnitLine } from './readUnit.ts';
import { APP_VERSION, resourceSchema } from './resourceTypes.ts';
import { nastyName, nastyText, POLICY_TEXT, requestOf } from './requests.ts';

const request = requestOf();
const only = (kind: keyof typeof SCHEDULE_KINDS, more: Partial<ScheduleRequest> = {}): string => {
  const [file, ...others] = SCHEDULE_KINDS[kind].generate({ ...request, ...more });
  assert.deepEqual(others, []);
  return file!.text;
};
/** Names that mean something to somebody, in every place that takes any. */
const nasty = fc.record({ policyPath: nastyName, policyText: nastyText, image: nastyName });
const few = { numRuns: 40 };

function assertCron(pattern: string, timezone = 'UTC'): void {
  assert.match(pattern, /^\S+( \S+){4}$/);
  assert.ok(new Cron(pattern, { timezone, paused: true }).nextRun());
}

describe('a generated GitHub workflow', () => {
  it('is one to the validator of workflows, whatever the names', () => {
    fc.assert(
      fc.property(nasty, (names) => {
        const text = only('github', names);
        assert.deepEqual(validateWorkflow(text).errors, []);
        const { jobs } = parse(text) as { jobs: Record<string, { env: Record<string, string> }> };
        assert.deepEqual(
          Object.values(jobs).map(({ env }) => [env['POLICY'], env['IMAGE']].map((value) => value!.replaceAll("${{ '${{' }}", '${{'))),
          [
            [names.policyPath, names.image],
            [names.policyPath, names.image],
          ],
        );
      }),
      few,
    );
    assert.notDeepEqual(validateWorkflow(only('github').replace('runs-on', 'runs-off')).errors, [], 'the validator sees nothing');
  });

  it('runs each task at its own time with its own identity, and a job a shard', () => {
    const { on, jobs, permissions } = parse(only('github')) as {
      on: { schedule: { cron: string }[] };
      permissions: object;
      jobs: Record<string, { if: string; strategy: { matrix: object }; env: Record<string, string>; steps: { run?: string }[] }>;
    };
    for (const { cron } of on.schedule) assertCron(cron);
    assert.deepEqual(
      Object.values(jobs).map((job) => /== '(.*)'/.exec(job.if)![1]),
      on.schedule.map(({ cron }) => cron),
    );
    assert.deepEqual(permissions, { contents: 'read', 'id-token': 'write' });
    assert.deepEqual(jobs['backup']!.strategy.matrix, { shard: [1, 2, 3] });
    assert.equal(jobs['prune']!.env['AZURE_CLIENT_ID'], '${{ vars.PRUNE_CLIENT_ID }}');
    assertScript(jobs['backup']!.steps.at(-1)!.run!);
  });
});

describe('a generated Azure pipeline', () => {
  interface Pipeline {
    schedules: { cron: string }[];
    jobs: { strategy: { matrix: object }; steps: { inputs?: { inlineScript: string }; env?: Record<string, string> }[] }[];
  }

  it('is one to the validator of pipelines, whatever the names', () => {
    fc.assert(
      fc.property(nasty, (names) => {
        const text = only('azure-pipelines', names);
        assert.deepEqual(pipelineFaults(text), []);
        const env = (parse(text) as Pipeline).jobs[0]!.steps[1]!.env!;
        assert.equal(env['POLICY']!.replaceAll("${{ '${{' }}", '${{'), names.policyPath);
      }),
      few,
    );
  });

  const breaks: readonly (readonly [what: string, fault: RegExp, from: string | RegExp, to: string])[] = [
    ['a key of another name', /Unexpected property timeoutMinutes/, 'timeoutInMinutes', 'timeoutMinutes'],
    ['a key in the wrong place', /^line \d: Unexpected property timeoutInMinutes/, 'trigger: none', 'timeoutInMinutes: 1\ntrigger: none'],
    ['a missing key', /Missing property "steps"/, / {4}steps:[^]*?(?=\n {2}- job)/, '    timeoutInMinutes: 1'],
    ['a key twice', /duplicate key/, 'pr: none', 'pr: none\npr: none'],
    ['a wrong type', /Incorrect type\. Expected "integer"/, 'timeoutInMinutes: 360', 'timeoutInMinutes: long'],
    ['an unknown value', /not accepted\. Valid values: "bash"/, 'scriptType: bash', 'scriptType: fish'],
    ['another task', /not accepted\. Valid values: "AzureCLI@2"/, 'AzureCLI@2', 'AzureCLI@9'],
    ['a name that no job may have', /not match the pattern/, 'job: backup', 'job: back-up'],
    ['a name that no part may have', /Unexpected property shard-1/, 'shard_1', 'shard-1'],
    ['a branch that none can be called', /not match the pattern/, '- main', '- main/'],
    [
      'a job that is told by its second key',
      /The first property must be job/,
      /- job: backup\n( +)(timeout\w+: \d+|condition: .*)\n/,
      '- $2\n$1job: backup\n',
    ],
    ['a task that is told by its second key', /The first property must be task/, /- (task: .*)\n( +)(display.*)\n/, '- $3\n$2$1\n'],
    ['a tab', /Using tabs/, '    timeout', '\ttimeout'],
    ['an alias of nothing', /unidentified alias/, 'pr: none', 'pr: *none'],
    ['a second document', /2 documents/, 'jobs:', '---\njobs:'],
  ];
  for (const [what, fault, from, to] of breaks) {
    it(`would not be one with ${what}`, () => {
      const text = only('azure-pipelines');
      const broken = text.replace(from, to);
      assert.notEqual(broken, text, 'the file has other words');
      assert.deepEqual(pipelineFaults(text), []);
      assert.match(pipelineFaults(broken).join('\n'), fault);
    });
  }

  it('has its times, its parts and a script that a shell takes', () => {
    const { schedules, jobs } = parse(only('azure-pipelines')) as Pipeline;
    for (const { cron } of schedules) assertCron(cron);
    assert.deepEqual(jobs[0]!.strategy.matrix, { shard_1: { part: '1/3' }, shard_2: { part: '2/3' }, shard_3: { part: '3/3' } });
    assertScript(jobs[0]!.steps[1]!.inputs!.inlineScript);
  });
});

describe('a generated Kubernetes file', () => {
  const models = { ConfigMap, ServiceAccount, CronJob };

  it('holds objects of the API, and the policy as it is, whatever is in it', () => {
    fc.assert(
      fc.property(nasty, (names) => {
        const documents = parseAllDocuments(only('kubernetes', names));
        assert.deepEqual(
          [...documents].flatMap(({ errors }) => errors),
          [],
        );
        const objects = [...documents].map((each) => each.toJS() as { kind: keyof typeof models; data?: Record<string, string> });
        assert.deepEqual(
          objects.map(({ kind }) => kind),
          ['ConfigMap', 'ServiceAccount', 'CronJob', 'ServiceAccount', 'CronJob'],
        );
        for (const object of objects) new models[object.kind](object as never).validate();
        assert.equal(objects[0]!.data!['page-blob-backup.yaml'], names.policyText);
      }),
      few,
    );
    assert.throws(() => new CronJob({ metadata: { name: 'x' }, spec: { schedule: 1 } } as never).validate(), 'the validator sees nothing');
  });

  it('counts in the zone of the policy where that is the least, and gives each pod its shard', () => {
    const berlin = requestOf(POLICY_TEXT.slice(0, POLICY_TEXT.indexOf('  - account')));
    const [, , job] = [...parseAllDocuments(only('kubernetes', berlin))].map((each) => each.toJS() as unknown) as [
      unknown,
      unknown,
      {
        spec: {
          schedule: string;
          timeZone: string;
          jobTemplate: { spec: { completions: number; template: { spec: { containers: { command: string[] }[] } } } };
        };
      },
    ];
    assert.deepEqual([job.spec.schedule, job.spec.timeZone, job.spec.jobTemplate.spec.completions], ['0 0,12 * * *', 'Europe/Berlin', 3]);
    const [, , script] = job.spec.jobTemplate.spec.template.spec.containers[0]!.command;
    assert.doesNotMatch(script!.replaceAll('$$', ''), /\$\(/, 'Kubernetes would read it itself');
    // As Kubernetes hands it on: "$$" is "$" (Container.command).
    const shell = script!.replaceAll('$$', '$').replace('exec node', 'printf "%s "');
    const { stdout } = spawnSync('sh', ['-c', shell], { encoding: 'utf8', env: { JOB_COMPLETION_INDEX: '2' } });
    assert.equal(stdout, '/app/dist/cli.js apply --policy /policy/page-blob-backup.yaml --only backup --shard 3/3 ');
  });
});

describe('a generated Bicep file', () => {
  it('is Bicep, and names image and policy, whatever they are called', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (names) => {
        const root = await parseBicep(only('container-apps', names));
        assert.equal(root.hasError, false);
        const called = root.descendantsOfType('call_expression').filter((each) => each?.text.startsWith('loadTextContent'));
        const paths = called.map((each) => each.descendantsOfType('string')[0]!.text);
        const image = root.descendantsOfType('parameter_declaration').find((each) => each?.text.startsWith('param image'))!;
        const texts = await Promise.all([...paths, image.descendantsOfType('string').at(-1)!.text].map(readBicepString));
        assert.deepEqual(texts, [names.policyPath, names.policyPath, names.image]);
      }),
      few,
    );
    assert.equal(
      (await parseBicep(only('container-apps').replace('properties: {', 'properties: '))).hasError,
      true,
      'the parser sees nothing',
    );
  });

  it('has a job a shard and a managed identity a task', async () => {
    const root = await parseBicep(only('container-apps'));
    const names = root.descendantsOfType('resource_declaration').map((each) => each.children[1]!.text);
    assert.deepEqual(names, ['backupIdentity', 'backupJobs', 'pruneIdentity', 'pruneJobs']);
    for (const [, cron] of only('container-apps').matchAll(/cronExpression: '(.*)'/g)) assertCron(cron!);
  });
});

describe('the resources of a generated Bicep file', () => {
  const ajv = new Ajv({ allErrors: true });
  const types: Readonly<Record<string, ValidateFunction>> = {
    [`Microsoft.App/jobs@${APP_VERSION}`]: ajv.compile(resourceSchema('Job')),
    // It has a name, a place and tags, as every resource that has a place.
    'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31': ajv.compile(resourceSchema('TrackedResource')),
  };
  /** What the types of Azure find wrong. */
  async function faultsOf(text: string): Promise<string[]> {
    assert.equal((await parseBicep(text)).hasError, false);
    return (await bicepResources(text)).flatMap(({ type, body }) => {
      const fits = types[type];
      if (!fits) return `no type ${type}`;
      return fits(body) ? [] : (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    });
  }

  it('are as the types of Azure have them, in the version that they name', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (names) => assert.deepEqual(await faultsOf(only('container-apps', names)), [])),
      few,
    );
    assert.equal((await bicepResources(only('container-apps'))).length, 4);
  });

  const breaks: readonly (readonly [what: string, fault: RegExp, from: string, to: string])[] = [
    ['a property of another name', /NOT have additional/, 'cronExpression:', 'cron:'],
    [
      'one in the wrong place',
      /NOT have additional/,
      "  identity: {\n    type: 'UserAssigned'",
      "  environmentId: environmentId\n  identity: {\n    type: 'UserAssigned'",
    ],
    ['a missing one', /required property 'type'/, "    type: 'UserAssigned'\n", ''],
    ['a missing one further down', /required property 'triggerType'/, "      triggerType: 'Schedule'\n", ''],
    ['a value that is none of the known ones', /\/triggerType must be equal to one of/, "triggerType: 'Schedule'", "triggerType: 'Timer'"],
    ['another one of these', /\/storageType must be equal to one of/, "storageType: 'Secret'", "storageType: 'ConfigMap'"],
    ['a wrong type', /\/replicaTimeout must be number/, 'replicaTimeout: 86400', "replicaTimeout: '86400'"],
    ['a text where a list belongs', /\/command must be array/, '          args: [', "          command: 'apply'\n          args: ["],
    [
      'what only the service may set',
      /NOT have additional/,
      '    environmentId: environmentId\n',
      "    environmentId: environmentId\n    provisioningState: 'Succeeded'\n",
    ],
    ['a missing place', /required property 'location'/, '  location: location\n', ''],
    ['another version', /^no type/, '@2024-03-01', '@2099-01-01'],
    ['another kind of resource', /^no type/, 'Microsoft.App/jobs', 'Microsoft.App/job'],
  ];
  for (const [what, fault, from, to] of breaks) {
    it(`would not be with ${what}`, async () => {
      const text = only('container-apps');
      assert.ok(text.includes(from), 'the file has other words');
      assert.match((await faultsOf(text.replace(from, to))).join('\n'), fault);
    });
  }
});

describe('generated systemd units', () => {
  it('run the very words, whatever the names', () => {
    fc.assert(
      fc.property(nastyName, (policyPath) => {
        const [service, timer] = SCHEDULE_KINDS.systemd.generate({ ...request, policyPath });
        const { Service } = readUnit(service!.text);
        const words = ['apply', '--policy', policyPath, '--only', 'backup', '--shard', '2/3'];
        assert.deepEqual(splitUnitLine(Service!['ExecStart']!), ['/usr/bin/env', 'page-blob-backup', ...words]);
        assert.deepEqual(Object.keys(readUnit(timer!.text)), ['Unit', 'Timer', 'Install']);
      }),
      few,
    );
  });

  const hasVerifier = spawnSync('systemd-analyze', ['--version']).status === 0;
  it('pass systemd-analyze verify', { skip: hasVerifier ? false : 'there is no systemd-analyze here' }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pbb-units-'));
    try {
      const units = SCHEDULE_KINDS.systemd.generate({ ...request, policyPath: `/etc/it's 100% "mine" $HOME \`x\` \\n.yaml` });
      for (const { name, text } of units) await writeFile(join(folder, name), text);
      const verify = (names: readonly string[]): string =>
        spawnSync('systemd-analyze', ['verify', '--man=no', ...names.map((name) => join(folder, name))], { encoding: 'utf8' }).stderr;
      assert.equal(verify(units.map(({ name }) => name)), '');
      const bad = units[1]!.text.replace('OnCalendar=', 'OnCalendar=never ');
      await writeFile(join(folder, units[1]!.name), bad);
      assert.match(verify([units[1]!.name]), /calendar/i, 'the verifier sees nothing');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a generated crontab', () => {
  it('has a line a task that cron can read, whatever the names', () => {
    fc.assert(
      fc.property(nastyName, (policyPath) => {
        const lines = only('crontab', { policyPath })
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'));
        const [variables, jobs] = [lines.filter((line) => /^[A-Z_]+=/.test(line)), lines.filter((line) => /^[\d*]/.test(line))];
        assert.deepEqual([variables.length, jobs.length, lines.length], [4, 2, 6]);
        for (const job of jobs) {
          assertCron(/^(\S+ ){5}/.exec(job)![0].trim());
          assert.doesNotMatch(job, /(?<!\\)%/);
        }
      }),
      few,
    );
    assert.throws(() => only('crontab', { policyPath: 'a\nb' }), /no way to write a line break/);
  });
});

describe('generated role assignments', () => {
  /** Every call of az that the script makes, with answers as az would give them. */
  async function callsOf(
    text: string,
    env: Record<string, string> = {},
  ): Promise<{ calls: string[][]; status: number | null; stderr: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'pbb-roles-'));
    try {
      const az = `#!/bin/sh\n{ for word in "$@"; do printf '%s\\0' "$word"; done; printf '\\1'; } >> '${folder}/calls'\ncase "$1 $2" in\n'account show') echo sub ;;\n'storage account') echo "/subs/x/$(printf %s "$5" | tr -dc 'a-z0-9')" ;;\nesac\n`;
      await writeFile(join(folder, 'az'), az);
      await chmod(join(folder, 'az'), 0o755);
      await writeFile(join(folder, 'roles.sh'), text);
      const all = { PATH: `${folder}:${process.env['PATH']}`, BACKUP_PRINCIPAL_ID: 'B', PRUNE_PRINCIPAL_ID: 'P', ...env };
      const { status, stderr } = spawnSync('sh', [join(folder, 'roles.sh')], { encoding: 'utf8', env: all });
      const { stdout } = spawnSync('cat', [join(folder, 'calls')], { encoding: 'utf8' });
      return {
        calls: stdout
          .split('\u0001')
          .slice(0, -1)
          .map((call) => call.split('\0').slice(0, -1)),
        status,
        stderr,
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  const option = (call: readonly string[], name: string): string | undefined => call[call.indexOf(name) + 1];

  it('give each identity the least, each on the containers that it needs', async () => {
    const { calls, status, stderr } = await callsOf(only('roles'));
    assert.equal(status, 0, stderr);
    const given = calls
      .filter(([, verb]) => verb === 'assignment')
      .map((call) => ['--assignee-object-id', '--role', '--scope'].map((name) => option(call, name)).join(' '));
    const at = (account: string, container?: string): string =>
      `/subs/x/name${account}id${container === undefined ? '' : `/blobServices/default/containers/${container}`}`;
    assert.deepEqual(given.sort(), [
      `B Page Blob Backup Source ${at('other')}`,
      `B Page Blob Backup Source ${at('prod', 'disks')}`,
      `B Page Blob Backup Source ${at('prod', 'vhds')}`,
      `B Page Blob Backup Writer ${at('premium', 'b')}`,
      `B Page Blob Backup Writer ${at('vault', 'backups')}`,
      `B Page Blob Backup Writer ${at('vault', 'catalogues')}`,
      `B Page Blob Backup Writer ${at('vault', 'other')}`,
      `B Storage Blob Delegator ${at('prod')}`,
      `P Page Blob Backup Pruner ${at('vault', 'backups')}`,
      `P Storage Blob Data Reader ${at('prod', 'disks')}`,
      `P Storage Blob Data Reader ${at('prod', 'vhds')}`,
    ]);
    const roles = calls
      .filter(([, verb, what]) => verb === 'definition' && what === 'create')
      .map((call) => JSON.parse(option(call, '--role-definition')!) as { Name: string; DataActions: string[] });
    const deletes = roles.filter(({ DataActions }) => DataActions.some((action) => action.endsWith('/delete'))).map(({ Name }) => Name);
    assert.deepEqual([roles.length, deletes], [3, ['Page Blob Backup Source', 'Page Blob Backup Pruner']]);
    assert.ok(
      roles.every(({ DataActions }) =>
        DataActions.every((action) => action.startsWith('Microsoft.Storage/storageAccounts/blobServices/containers/blobs/')),
      ),
    );
  });

  it('stop before anything is given where an identity is missing', async () => {
    const { calls, status } = await callsOf(only('roles'), { PRUNE_PRINCIPAL_ID: '' });
    assert.notEqual(status, 0);
    assert.deepEqual(calls, []);
  });

  it('name containers rightly, whatever they are called', async () => {
    const names = fc
      .sample(nastyName, 60)
      .map((name) => name.replaceAll(/[/*?{}]/g, '_').trim())
      .filter((name) => name !== '');
    const [rule] = request.policy.rules;
    const text = only('roles', { policy: { rules: [{ ...rule!, blobs: names.map((name) => `${name}/a.vhd`) }] } });
    const { calls, stderr } = await callsOf(text);
    const scopes = calls
      .filter((call) => option(call, '--role') === 'Page Blob Backup Source')
      .map((call) => option(call, '--scope')!.split('/containers/')[1]);
    assert.deepEqual(new Set(scopes), new Set(names), stderr);
    assert.equal(scopes.length, new Set(names).size);
  });

  it('leave addresses that name no storage account to people', () => {
    const text = only('roles', requestOf(POLICY_TEXT.replaceAll('https://other.blob.core.windows.net', 'http://127.0.0.1:10000/dev')));
    assert.match(text, /^# Roles for http:\/\/127\.0\.0\.1:10000\/dev are yours to give/m);
  });
});

describe('every generated file', () => {
  it('holds no secret and has no task for pruning where every point is kept', () => {
    const keeping = requestOf(POLICY_TEXT.replace('retention: { last: 3, daily: 7 }', 'retention: all'));
    for (const kind of Object.values(SCHEDULE_KINDS)) {
      for (const { text } of kind.generate(request)) assert.equal(redact(text), text);
      for (const { name, text } of kind.generate(keeping))
        assert.doesNotMatch(name + text.replaceAll(/^#.*$/gm, ''), /--only '?prune|PRUNE_|TASK: prune|Pruner/);
    }
  });
});

function assertScript(script: string): void {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
