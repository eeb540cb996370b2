import { cronText } from './cronTimes.ts';
import { federatedRun } from './federated.ts';
import { noExpression } from './quote.ts';
import { headOf, IMAGE_NOTE, tasksOf, type Generator, type ScheduleRequest, type Task } from './schedule.ts';
import { yamlText } from './yamlText.ts';

const REQUEST =
  'curl --fail --silent --show-error --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=api://AzureADTokenExchange"';
const RUN = federatedRun(REQUEST, 'value', 'cat "$folder/report/summary.md" >> "$GITHUB_STEP_SUMMARY" || true');

/** A GitHub Actions workflow: a job a task, a matrix over the shards. */
export const github: Generator = (request) => {
  const tasks = tasksOf(request.policy);
  const workflow = {
    name: 'Page Blob Backup',
    on: { schedule: tasks.map(({ times }) => ({ cron: cronText(times) })), workflow_dispatch: {} },
    permissions: { contents: 'read', 'id-token': 'write' },
    jobs: Object.fromEntries(tasks.map((task) => [task.name, jobOf(task, request)])),
  };
  const head = headOf(request, tasks, [
    IMAGE_NOTE,
    'GitHub may begin some minutes late, and stops schedules of public repositories that nobody touched for 60 days.',
    'Identity: OpenID Connect. Give an app registration or managed identity for each task a federated credential for this repository, and set the variables (no',
    'secrets) AZURE_TENANT_ID, BACKUP_CLIENT_ID and PRUNE_CLIENT_ID; "generate roles" writes what they may do.',
  ]);
  return [{ name: 'page-blob-backup.yml', text: yamlText(workflow, head) }];
};

function jobOf({ name, times }: Task, { image, policyPath, shards }: ScheduleRequest): object {
  return {
    if: `github.event_name != 'schedule' || github.event.schedule == '${cronText(times)}'`,
    'runs-on': 'ubuntu-latest',
    // The longest that GitHub's own machines run; what is cut off goes on with the next call.
    'timeout-minutes': 360,
    concurrency: { group: `page-blob-backup-${name}-\${{ matrix.shard }}`, 'cancel-in-progress': false },
    strategy: { 'fail-fast': false, matrix: { shard: Array.from({ length: shards }, (_, i) => i + 1) } },
    env: {
      AZURE_CLIENT_ID: `\${{ vars.${name.toUpperCase()}_CLIENT_ID }}`,
      AZURE_TENANT_ID: '${{ vars.AZURE_TENANT_ID }}',
      IMAGE: noExpression(image),
      POLICY: noExpression(policyPath),
      TASK: name,
      SHARD: `\${{ matrix.shard }}/${shards}`,
    },
    steps: [{ uses: 'actions/checkout@v4' }, { name: `Page Blob Backup: ${name}`, run: RUN }],
  };
}
