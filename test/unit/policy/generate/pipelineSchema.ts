import { parse, type JSONSchema } from 'azure-pipelines-language-service';

/**
 * The validator is Microsoft's: the parser and the checks behind the Azure Pipelines extension of VS Code (azure-pipelines-language-service).
 * The schema is ours, in the keywords that it knows: what Microsoft's reference of the pipeline language ("YAML schema reference for Azure Pipelines":
 * pipeline, schedules, jobs.job, strategy, steps.task, steps.checkout) says of the keys that we write; this schema refuses every other one. Microsoft's own
 * (service-schema.json of azure-pipelines-vscode) is in no package. Ours was compared with its version 1.247.2 by hand: the keys of pipelines, schedules,
 * jobs and strategies, which of them comes first, and the forms of branch filters and names. That one lets pools and matrices have any key, which this one
 * does not.
 */
const text: JSONSchema = { type: 'string', minLength: 1 };
/** @param first the key that tells what the object is: the service wants it before the others */
const object = (properties: Record<string, JSONSchema>, required: string[], first?: string): JSONSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
  ...(first !== undefined && { firstProperty: [first] }),
});
/** As git names branches (git check-ref-format). */
const branch: JSONSchema = { type: 'string', pattern: String.raw`^(?!/)(?!.*//)(?!.*/$)[^~^:\[\]\\ ]+$` };

const NAME = '^[A-Za-z_][A-Za-z0-9_]*$';
const matrix: JSONSchema = {
  type: 'object',
  minProperties: 1,
  patternProperties: { [NAME]: { type: 'object', additionalProperties: text } },
  additionalProperties: false,
};
const task = object(
  {
    task: { enum: ['AzureCLI@2'] },
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
    job: { type: 'string', pattern: NAME },
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
    trigger: { enum: ['none'] },
    pr: { enum: ['none'] },
    schedules: { type: 'array', minItems: 1, items: schedule },
    jobs: { type: 'array', minItems: 1, items: job },
  },
  ['jobs'],
);

/**
 * What the validator finds wrong with a file: "line 3: Unexpected property …". The service's doValidation does the same for an editor, and writes to the
 * console.
 */
export function pipelineFaults(file: string): string[] {
  const { documents } = parse(file);
  if (documents.length !== 1) return [`${documents.length} documents`];
  return documents.flatMap((document) => {
    const problems = document.getValidationProblems(pipeline).map(({ location, getMessage }) => ({ start: location.start, getMessage }));
    return [...document.errors, ...document.warnings, ...problems].map(
      ({ start, getMessage }) => `line ${file.slice(0, start).split('\n').length}: ${getMessage()}`,
    );
  });
}
