import { canonicalJson } from '../base/json.js';
import type { ApiCall, OutputReference, Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import type { Check, Expectation } from './playbook.js';
import { isSameDocument } from './same-document.js';

/** What the steps done so far have answered, by step id. */
export type Outputs = ReadonlyMap<string, unknown>;

/** How a check came out; `observed` is what the read answered at the path. */
export interface Observation {
  readonly check: Check;
  readonly holds: boolean;
  readonly observed: unknown;
}

/**
 * Makes the check's read and compares. An error code listed in `absent` counts as "there is none"; any other error is
 * thrown, because a before-value that cannot be read cannot be relied on.
 *
 * @throws ApiError when the read fails.
 */
export async function observe(check: Check, send: Send, outputs: Outputs): Promise<Observation> {
  const observed = await read(resolveCall(check.read, outputs), check, send, resolvePath(check.path, outputs));
  return { check, observed, holds: satisfies(observed, resolve(check.expect, outputs) as Expectation) };
}

async function read(call: ApiCall, check: Check, send: Send, path: string): Promise<unknown> {
  try {
    return follow(await send(call), path);
  } catch (error) {
    if (error instanceof ApiError && check.absent?.includes(error.code)) return undefined;
    throw error;
  }
}

/** Whether a value is as expected. Lists compare as multisets at every depth: AWS keeps no order in them. */
export function satisfies(value: unknown, expectation: Expectation): boolean {
  if ('missing' in expectation) return value === undefined || value === null;
  if ('equals' in expectation) return sameUnordered(value, expectation.equals);
  if ('oneOf' in expectation) return expectation.oneOf.some((candidate) => sameUnordered(value, candidate));
  if ('document' in expectation) return isSameDocument(value, expectation.document);
  if ('contains' in expectation) {
    return Array.isArray(value) && value.some((item) => sameUnordered(item, expectation.contains));
  }
  return !Array.isArray(value) || !value.some((item) => sameUnordered(item, expectation.lacks));
}

/** One segment of a path that picks the list item whose `member` is `value`: `itemWith('GroupId', 'sg-1')`. */
export function itemWith(member: string, value: string): string {
  return `${member}=${value.replaceAll('\\', '\\\\').replaceAll('.', '\\.')}`;
}

/**
 * The value at a path: member names, list positions, and `Member=value` picks, joined by dots. A dot inside a segment
 * is written `\.`. Leads to `undefined` when there is nothing.
 */
export function follow(value: unknown, path: string): unknown {
  let current = value;
  for (const segment of segments(path)) {
    if (current === null || typeof current !== 'object') return undefined;
    if (Array.isArray(current)) current = pickItem(current, segment);
    else current = Object.hasOwn(current, segment) ? (current as Record<string, unknown>)[segment] : undefined;
  }
  return current;
}

function pickItem(items: readonly unknown[], segment: string): unknown {
  const equals = segment.indexOf('=');
  if (equals < 0) return items[Number(segment)];
  const member = segment.slice(0, equals);
  const wanted = segment.slice(equals + 1);
  return items.find((item) => String((item as Record<string, unknown> | null)?.[member]) === wanted);
}

function segments(path: string): string[] {
  if (path === '') return [];
  return [...path.matchAll(/((?:\\.|[^.\\])+)(?:\.|$)/g)].map(([, segment = '']) => segment.replace(/\\(.)/g, '$1'));
}

/** A call with its output references replaced by what those steps answered. */
export function resolveCall(call: ApiCall, outputs: Outputs): ApiCall {
  return { ...call, input: resolve(call.input, outputs) as ApiCall['input'] };
}

/** A path in which `{step:path}` stands for what a step answered. */
function resolvePath(path: string, outputs: Outputs): string {
  return path.replace(/\{([^:}]+):([^}]*)\}/g, (_, step: string, inner: string) =>
    String(follow(outputs.get(step), inner))
      .replaceAll('\\', '\\\\')
      .replaceAll('.', '\\.'),
  );
}

function resolve(value: unknown, outputs: Outputs): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => resolve(item, outputs));
  if ('$output' in value) {
    const { step, path } = (value as OutputReference).$output;
    const found = follow(outputs.get(step), path);
    if (found === undefined)
      throw new Error(`the plan refers to \`${path}\` of step \`${step}\`, which answered no such value`);
    return found;
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, outputs)]));
}

/** Whether two values are the same when lists are taken as multisets. */
export function sameUnordered(a: unknown, b: unknown): boolean {
  return canonicalJson(unordered(a)) === canonicalJson(unordered(b));
}

function unordered(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    return value
      .map(unordered)
      .map((item) => ({ item, text: canonicalJson(item) }))
      .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
      .map(({ item }) => item);
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unordered(member)]));
}
