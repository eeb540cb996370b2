/**
 * What Microsoft's reference of the pipeline language ("YAML schema reference for Azure Pipelines": pipeline, schedules, jobs.job, strategy, steps.task,
 * steps.checkout) says of the keys that we write. The service's own schema is in no package; this one refuses every key that it does not know.
 */
const text = { type: 'string', minLength: 1 } as const;
const object = (properties: object, required: readonly string[]): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const matrix = {
  type: 'object',
  minProperties: 1,
  propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  additionalProperties: { type: 'object', additionalProperties: text },
};
const task = object(
  {
    task: { const: 'AzureCLI@2' },
    displayName: text,
    // Inputs of the task AzureCLI, version 2.
    inputs: object(
      {
        azureSubscription: text,
        scriptType: { enum: ['bash', 'pscore', 'batch', 'ps'] },
        scriptLocation: { enum: ['inlineScript', 'scriptPath'] },
        addSpnToEnvironment: { type: 'boolean' },
        inlineScript: text,
      },
      ['azureSubscription', 'scriptType', 'scriptLocation', 'inlineScript'],
    ),
    env: { type: 'object', additionalProperties: text },
  },
  ['task', 'inputs'],
);
const job = object(
  {
    job: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
    condition: text,
    timeoutInMinutes: { type: 'integer', minimum: 0 },
    pool: object({ vmImage: text }, ['vmImage']),
    strategy: object({ matrix }, ['matrix']),
    steps: { type: 'array', minItems: 1, items: { oneOf: [task, object({ checkout: { enum: ['self', 'none'] } }, ['checkout'])] } },
  },
  ['job', 'steps'],
);
const schedule = object(
  {
    cron: text,
    displayName: text,
    always: { type: 'boolean' },
    branches: object({ include: { type: 'array', items: text, minItems: 1 } }, ['include']),
  },
  ['cron', 'branches'],
);

export const PIPELINE_SCHEMA = object(
  {
    trigger: { const: 'none' },
    pr: { const: 'none' },
    schedules: { type: 'array', minItems: 1, items: schedule },
    jobs: { type: 'array', minItems: 1, items: job },
  },
  ['jobs'],
);
