import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as sdk from '@azure/arm-appcontainers';
import * as mappers from '@azure/arm-appcontainers/dist-esm/src/models/mappers.js';

/** How the SDK puts a model on the wire: made by Microsoft from the specification of the REST API. */
interface Mapper {
  readonly serializedName?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly type: MapperType;
}

interface MapperType {
  readonly name: string;
  readonly className?: string;
  readonly modelProperties?: Readonly<Record<string, Mapper>>;
  readonly element?: Mapper;
  readonly value?: Mapper;
  readonly allowedValues?: readonly string[];
}

type Schema = Record<string, unknown>;

/** The version of the API that the SDK is of. */
export const APP_VERSION = new sdk.ContainerAppsAPIClient({ getToken: () => Promise.resolve(null) }, 'none').apiVersion;

const all = mappers as unknown as Readonly<Record<string, Mapper>>;
const declarations = readFileSync(fileURLToPath(import.meta.resolve('@azure/arm-appcontainers/types/arm-appcontainers.d.ts')), 'utf8');

/**
 * What a Bicep resource of the type may say, as a JSON schema: the model's properties and no others, none that only the service may set, the required ones,
 * and the known values of enumerations. Where Bicep has an expression any type will do, as in an ARM template.
 */
export function resourceSchema(className: string): Schema {
  const schema = modelSchema(className);
  // The model takes the name from the request's URL; in a template it is a property.
  return {
    ...schema,
    properties: { ...(schema['properties'] as Schema), name: orExpression({ type: 'string' }) },
    required: [...(schema['required'] as string[]), 'name'],
  };
}

function modelSchema(className: string): Schema {
  const root: Schema = { type: 'object', additionalProperties: false, properties: {}, required: [] };
  for (const [name, mapper] of Object.entries(all[className]!.type.modelProperties!)) {
    if (mapper.readOnly) continue;
    // "properties.template" lies in "properties".
    const path = mapper.serializedName!.split('.');
    let at = root;
    for (const folder of path.slice(0, -1)) at = inner(at, folder);
    (at['properties'] as Schema)[path.at(-1)!] = orExpression(schemaOf(mapper.type, className, name));
    if (mapper.required) (at['required'] as string[]).push(path.at(-1)!);
  }
  return root;
}

function inner({ properties }: Schema, name: string): Schema {
  const all = properties as Record<string, Schema>;
  return (all[name] ??= { type: 'object', additionalProperties: false, properties: {}, required: [] });
}

function schemaOf(type: MapperType, owner: string, property: string): Schema {
  switch (type.name) {
    case 'Composite':
      return modelSchema(type.className!);
    case 'Sequence':
      return { type: 'array', items: orExpression(schemaOf(type.element!.type, owner, property)) };
    case 'Dictionary':
      return { type: 'object', additionalProperties: orExpression(schemaOf(type.value!.type, owner, property)) };
    case 'Number':
      return { type: 'number' };
    case 'Boolean':
      return { type: 'boolean' };
    case 'Enum':
      return { enum: type.allowedValues };
    default: {
      const known = knownValues(owner, property);
      return { type: 'string', ...(known && { enum: known }) };
    }
  }
}

/** On the wire an enumeration that may grow is any text; its values are named by the SDK's declarations. */
function knownValues(owner: string, property: string): string[] | undefined {
  const body = new RegExp(`^export declare interface ${owner} .*?^}`, 'ms').exec(declarations)?.[0] ?? '';
  const [, type] = new RegExp(`^    ${property}\\??: (\\w+)(?:\\[\\])?;`, 'm').exec(body) ?? [];
  const known = (sdk as Readonly<Record<string, unknown>>)[`Known${type}`];
  return known === undefined ? undefined : Object.values(known as Record<string, string>);
}

function orExpression(schema: Schema): Schema {
  return { anyOf: [{ type: 'object', required: ['$expression'], properties: { $expression: { type: 'string' } } }, schema] };
}
