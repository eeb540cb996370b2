import { cronText } from './cronTimes.ts';
import { federatedRun } from './federated.ts';
import { noExpression } from './quote.ts';
import { headOf, IMAGE_NOTE, tasksOf, type Generator, type ScheduleRequest, type Task } from './schedule.ts';
import { yamlText } from './yamlText.ts';

// AzureCLI@2 names the service connection's identity in these variables, as AzurePipelinesCredential of the Azure SDK reads them.
const REQUEST =
  'curl --fail --silent --show-error --request POST --header "Content-Length: 0" --header "Authorization: Bearer $SYSTEM_ACCESSTOKEN" "$SYSTEM_OIDCREQUESTURI?api-version=7.1&serviceConnectionId=$AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"';
const RUN = `export AZURE_CLIENT_ID="$AZURESUBSCRIPTION_CLIENT_ID" AZURE_TENANT_ID="$AZURESUBSCRIPTION_TENANT_ID"
${federatedRun(REQUEST, 'oidcToken', 'cp "$folder/report/summary.md" "$AGENT_TEMPDIRECTORY/page-blob-backup.md" && echo "##vso[task.uploadsummary]$AGENT_TEMPDIRECTORY/page-blob-backup.md" || true')}`;

/** An Azure Pipelines file: a job a task, a matrix over the shards. */
export const azurePipelines: Generator = (request) => {
  const tasks = tasksOf(request.policy);
  const pipeline = {
    trigger: 'none',
    pr: 'none',
    schedules: tasks.map(({ name, times }) => ({
      cron: cronText(times),
      displayName: name,
      branches: { include: ['main'] },
      always: true,
    })),
    jobs: tasks.map((task) => jobOf(task, request)),
  };
  const head = headOf(request, tasks, [
    IMAGE_NOTE,
    'Identity: make Azure Resource Manager service connections with workload identity federation, named page-blob-backup-backup and',
    'page-blob-backup-prune; "generate roles" writes what they may do. The schedule runs on the branch main.',
  ]);
  return [{ name: 'azure-pipelines.yml', text: yamlText(pipeline, head) }];
};

function jobOf({ name }: Task, { image, policyPath, shards }: ScheduleRequest): object {
  const parts = Array.from({ length: shards }, (_, i) => [`shard_${i + 1}`, { part: `${i + 1}/${shards}` }] as const);
  return {
    job: name,
    condition: `and(succeeded(), or(ne(variables['Build.Reason'], 'Schedule'), eq(variables['Build.CronSchedule.DisplayName'], '${name}')))`,
    timeoutInMinutes: 360,
    pool: { vmImage: 'ubuntu-latest' },
    strategy: { matrix: Object.fromEntries(parts) },
    steps: [
      { checkout: 'self' },
      {
        task: 'AzureCLI@2',
        displayName: `Page Blob Backup: ${name}`,
        inputs: {
          azureSubscription: `page-blob-backup-${name}`,
          scriptType: 'bash',
          scriptLocation: 'inlineScript',
          addSpnToEnvironment: true,
          inlineScript: RUN,
        },
        env: {
          SYSTEM_ACCESSTOKEN: '$(System.AccessToken)',
          IMAGE: noExpression(image),
          POLICY: noExpression(policyPath),
          TASK: name,
          SHARD: '$(part)',
        },
      },
    ],
  };
}
