import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { PolicyText } from './policyText.ts';

/** A value together with the place where it is written. */
export interface Placed<T> {
  readonly value: T;
  readonly node: Node;
}

/** Reads one value; where it is wrong, complains and gives undefined. */
export type Read<T> = (node: Node | null, file: PolicyText) => T | undefined;

/** Remembers where a value stands, for problems that show only later. */
export function placed<T>(read: Read<T>): Read<Placed<T>> {
  return (node, file) => {
    const value = read(node, file);
    return value === undefined || !node ? undefined : { value, node };
  };
}

/** @param what `a name`: what is wanted there, for people */
export function text(what: string, pattern?: RegExp): Read<string> {
  return (node, file) => {
    const value = scalarOf(file.resolved(node));
    if (typeof value === 'string' && value !== '' && (!pattern || pattern.test(value))) return value;
    return file.complain(node, `Here ${what} is needed${shown(value)}.`);
  };
}

export function choice<Choice extends string>(choices: readonly Choice[]): Read<Choice> {
  return (node, file) => {
    const value = scalarOf(file.resolved(node));
    const found = choices.find((each) => each === value);
    return found ?? file.complain(node, `Here one of ${choices.join(', ')} is needed${shown(value)}.`);
  };
}

/** A whole number from `least` on. */
export function count(least: number): Read<number> {
  return (node, file) => {
    const value = scalarOf(file.resolved(node));
    if (Number.isSafeInteger(value) && Number(value) >= least) return Number(value);
    return file.complain(node, `Here a whole number from ${least} on is needed${shown(value)}.`);
  };
}

/** One value, or a list of at least one. */
export function oneOrMore<T>(read: Read<T>): Read<readonly T[]> {
  return (node, file) => (isSeq(file.resolved(node)) ? listOf(read)(node, file) : asList(read(node, file)));
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (node, file) => {
    const list = file.resolved(node);
    if (!isSeq(list)) return file.complain(node, 'Here a list is needed.');
    if (list.items.length === 0) return file.complain(node, 'Here a list with at least one item is needed.');
    const values = list.items.map((item) => read(item as Node, file));
    return values.includes(undefined) ? undefined : (values as T[]);
  };
}

/** The fields of a mapping, each read by its own; a field that is wrong or absent is absent. */
export function mapping<T extends object>(
  what: string,
  fields: { readonly [K in keyof T]-?: Read<T[K]> },
  required: readonly (keyof T & string)[],
): Read<Partial<T>> {
  return (node, file) => {
    const map = file.resolved(node);
    const known = Object.keys(fields);
    if (!isMap(map)) return file.complain(node, `Here ${what} is needed, with the keys ${known.join(', ')}.`);
    const values: Partial<T> = {};
    for (const { key, value } of map.items) {
      const name = scalarOf(key as Node | null);
      if (typeof name !== 'string' || !known.includes(name)) {
        file.complain(key as Node | null, `There is no key "${String(name)}" in ${what}; it knows ${known.join(', ')}.`);
        continue;
      }
      const field = name as keyof T & string;
      const found = fields[field]((value as Node | null) ?? (key as Node), file);
      if (found !== undefined) values[field] = found;
    }
    for (const name of required)
      if (!map.has(name)) file.complain(map.items[0] ? (map.items[0].key as Node) : node, `The key "${name}" is missing in ${what}.`);
    return values;
  };
}

export function scalarOf(node: Node | null): unknown {
  return isScalar(node) ? node.value : undefined;
}

function asList<T>(value: T | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : [value];
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `, not "${String(value).slice(0, 80)}"` : '';
}
