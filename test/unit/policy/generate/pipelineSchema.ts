import type { Ajv } from 'ajv';

/**
 * What Microsoft's reference of the pipeline language ("YAML schema reference for Azure Pipelines": pipeline, schedules, jobs.job, strategy, steps.task,
 * steps.checkout) says of the keys that we write; this schema refuses every other one. Microsoft's own (service-schema.json of azure-pipelines-vscode) is in
 * no package. Ours was compared with its version 1.247.2: the keys of pipelines, schedules, jobs and strategies, which of them comes first, and the forms of
 * branch filters and names. That one lets pools and matrices have any key, which this one does not.
 */
const text = { type: 'string', minLength: 1 } as const;
/** @param first the key that tells what the object is: the service wants it before the others */
const object = (properties: object, required: readonly string[], first?: string): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
  ...(first !== undefined && { first }),
});
/** As git names branches (git check-ref-format). */
const branch = { type: 'string', pattern: String.raw`^(?!/)(?!.*//)(?!.*/$)[^~^:\[\]\\ ]+$` } as const;

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
  'task',
);
const job = object(
  {
    job: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
    condition: text,
    timeoutInMinutes: { type: 'integer', minimum: 0 },
    pool: object({ vmImage: text }, ['vmImage']),
    strategy: object({ matrix }, ['matrix']),
    steps: {
      type: 'array',
      minItems: 1,
      items: { oneOf: [task, object({ checkout: { enum: ['self', 'none'] } }, ['checkout'], 'checkout')] },
    },
  },
  ['job', 'steps'],
  'job',
);
const schedule = object(
  {
    cron: text,
    displayName: text,
    always: { type: 'boolean' },
    branches: object({ include: { type: 'array', items: branch, minItems: 1 } }, ['include']),
  },
  ['cron', 'branches'],
  'cron',
);

const pipeline = object(
  {
    trigger: { const: 'none' },
    pr: { const: 'none' },
    schedules: { type: 'array', minItems: 1, items: schedule },
    jobs: { type: 'array', minItems: 1, items: job },
  },
  ['jobs'],
);

export function pipelineValidator(ajv: Ajv): ReturnType<Ajv['compile']> {
  ajv.addKeyword({
    keyword: 'first',
    schemaType: 'string',
    validate: (first: string, value: object) => Object.keys(value)[0] === first,
  });
  return ajv.compile(pipeline);
}
