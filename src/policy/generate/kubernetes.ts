import { cronText } from './cronTimes.ts';
import { argumentsOf, headOf, IMAGE_NOTE, tasksInAnyZone, type Generator, type ScheduleRequest, type Task } from './schedule.ts';
import { yamlText } from './yamlText.ts';

const POLICY = 'page-blob-backup.yaml';
/** To be replaced by the identity's own. */
const CLIENT_ID = '00000000-0000-0000-0000-000000000000';

/** Kubernetes: the policy as a ConfigMap, and for each task a service account with a workload identity and a CronJob with a pod a shard. */
export const kubernetes: Generator = (request) => {
  const tasks = tasksInAnyZone(request.policy);
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'page-blob-backup' },
    data: { [POLICY]: request.policyText },
  };
  const head = headOf(request, tasks, [
    IMAGE_NOTE,
    'Identity: workload identity. Put the client ids of two managed identities in the place of the zeros, and give each a federated credential for its service',
    'account; "generate roles" writes what they may do. Needs Kubernetes 1.27 or later, for the time zone.',
  ]);
  const objects = [map, ...tasks.flatMap((task) => [accountOf(task), cronJobOf(task, request)])];
  return [{ name: 'page-blob-backup.k8s.yaml', text: objects.map((object, i) => yamlText(object, i === 0 ? head : [])).join('---\n') }];
};

function accountOf({ name }: Task): object {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: `page-blob-backup-${name}`, annotations: { 'azure.workload.identity/client-id': CLIENT_ID } },
  };
}

function cronJobOf(task: Task, { image, shards }: ScheduleRequest): object {
  const { name, times } = task;
  const labels = { app: 'page-blob-backup', task: name, 'azure.workload.identity/use': 'true' };
  // Pods count from 0 and shards from 1; Kubernetes itself would read "$(" and writes it as "$$(".
  const words = [...argumentsOf(task, `/policy/${POLICY}`, undefined), '--shard', `"$$((JOB_COMPLETION_INDEX + 1))/${shards}"`];
  const container = {
    name: 'apply',
    image,
    command: ['sh', '-c', `exec node /app/dist/cli.js ${words.join(' ')}`],
    resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '1Gi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'policy', mountPath: '/policy', readOnly: true }],
  };
  const pod = {
    serviceAccountName: `page-blob-backup-${name}`,
    restartPolicy: 'Never',
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    volumes: [{ name: 'policy', configMap: { name: 'page-blob-backup' } }],
  };
  const job = {
    completionMode: 'Indexed',
    completions: shards,
    parallelism: shards,
    backoffLimit: shards,
    template: { metadata: { labels }, spec: pod },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: `page-blob-backup-${name}` },
    spec: {
      schedule: cronText(times),
      timeZone: times.timeZone === 'UTC' ? 'Etc/UTC' : times.timeZone,
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: job },
    },
  };
}
