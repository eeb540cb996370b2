import { cronText } from './cronTimes.ts';
import { bicepString as text } from './quote.ts';
import { argumentsOf, headOf, IMAGE_NOTE, tasksOf, type Generator, type ScheduleRequest, type Task } from './schedule.ts';

const POLICY = 'page-blob-backup.yaml';

/** Azure Container Apps jobs as Bicep: a managed identity a task, a job a task and shard, since replicas of one job do not know which they are. */
export const containerApps: Generator = (request) => {
  const tasks = tasksOf(request.policy);
  const head = headOf(request, tasks, [
    IMAGE_NOTE,
    'Identity: managed identities, made here. "generate roles" writes what they may do; deploy, take the principal ids from the outputs, run that.',
    `Deploy it with: az deployment group create --resource-group <group> --template-file <this file> --parameters environmentId=<id>`,
  ]);
  const parts = [
    head.map((line) => `// ${line}`).join('\n'),
    `@description('Resource id of the Container Apps environment.')
param environmentId string
param location string = resourceGroup().location
@description('The image of the command line; give the identities AcrPull where its registry asks for it.')
param image string = ${text(request.image)}`,
    `var shards = ${request.shards}`,
    ...tasks.map((task) => taskText(task, request)),
  ];
  return [{ name: 'page-blob-backup.bicep', text: `${parts.join('\n\n')}\n` }];
};

function taskText(task: Task, { policyPath }: ScheduleRequest): string {
  const { name, times } = task;
  const words = argumentsOf(task, `/policy/${POLICY}`, undefined).map(text);
  return `resource ${name}Identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'page-blob-backup-${name}'
  location: location
}

output ${name}PrincipalId string = ${name}Identity.properties.principalId

resource ${name}Jobs 'Microsoft.App/jobs@2024-03-01' = [for shard in range(1, shards): {
  name: 'page-blob-${name}-\${shard}'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '\${${name}Identity.id}': {}
    }
  }
  properties: {
    environmentId: environmentId
    configuration: {
      triggerType: 'Schedule'
      scheduleTriggerConfig: {
        cronExpression: ${text(cronText(times))}
        parallelism: 1
        replicaCompletionCount: 1
      }
      replicaTimeout: 86400
      replicaRetryLimit: 1
      // The policy is no secret; this is how a job is given a file.
      secrets: [
        {
          name: 'policy'
          value: loadTextContent(${text(policyPath)})
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'apply'
          image: image
          args: [
${words.map((word) => `            ${word}`).join('\n')}
            '--shard'
            '\${shard}/\${shards}'
          ]
          env: [
            {
              name: 'AZURE_CLIENT_ID'
              value: ${name}Identity.properties.clientId
            }
          ]
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          volumeMounts: [
            {
              volumeName: 'policy'
              mountPath: '/policy'
            }
          ]
        }
      ]
      volumes: [
        {
          name: 'policy'
          storageType: 'Secret'
          secrets: [
            {
              secretRef: 'policy'
              path: '${POLICY}'
            }
          ]
        }
      ]
    }
  }
}]`;
}
