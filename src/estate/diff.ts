import { sameJson } from '../base/json.js';
import type { Estate, Resource } from './estate.js';
import { Fork } from './fork.js';
import type { TypeName } from './resource-types.js';

/** One resource that differs between two estates. `paths` names the members of the configuration that changed. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly type: TypeName;
  readonly accountId: string;
  readonly region: string;
  readonly arn: string;
  readonly before?: Resource;
  readonly after?: Resource;
  readonly paths: readonly string[];
}

/**
 * What changed from `before` to `after`, in a stable order. O(edits) when `after` is a fork of `before`, else
 * O(resources of both). Equal content is no change, even where an edit wrote it again.
 */
export function diff(before: Estate, after: Estate): Change[] {
  const changes: Change[] = [];
  const add = (old: Resource | undefined, now: Resource | undefined) => {
    const change = compare(old, now);
    if (change !== undefined) changes.push(change);
  };
  if (after instanceof Fork && (after.base === before || (before instanceof Fork && before.base === after.base))) {
    const touched = new Map<string, { type: TypeName; accountId: string; region: string; arn: string }>();
    for (const edit of after.edits()) touched.set(identity(edit), edit);
    if (before instanceof Fork) for (const edit of before.edits()) touched.set(identity(edit), edit);
    for (const edit of touched.values()) add(lookUp(before, edit), lookUp(after, edit));
  } else {
    const old = new Map([...before.all()].map((resource) => [identity(resource), resource] as const));
    for (const resource of after.all()) {
      add(old.get(identity(resource)), resource);
      old.delete(identity(resource));
    }
    for (const resource of old.values()) add(resource, undefined);
  }
  return changes.sort((a, b) => (identity(a) < identity(b) ? -1 : 1));
}

function identity(resource: { type: string; accountId: string; region: string; arn: string }): string {
  return `${resource.accountId} ${resource.region} ${resource.type} ${resource.arn}`;
}

function lookUp(
  estate: Estate,
  of: { type: TypeName; accountId: string; region: string; arn: string },
): Resource | undefined {
  const found = estate.get(of.type, of.arn, of.accountId);
  if (found === undefined || found.region === of.region) return found;
  // `get` answers one of the account's copies; this one is in another region.
  for (const other of estate.list(of.type, of)) if (other.arn === of.arn) return other;
  return undefined;
}

function compare(before: Resource | undefined, after: Resource | undefined): Change | undefined {
  const either = after ?? before;
  if (either === undefined) return undefined;
  const { type, accountId, region, arn } = either;
  const subject = { type, accountId, region, arn };
  if (before === undefined) return { ...subject, kind: 'added', after: either, paths: [] };
  if (after === undefined) return { ...subject, kind: 'removed', before, paths: [] };
  const paths = changedPaths(before.configuration, after.configuration);
  return paths.length === 0 ? undefined : { ...subject, kind: 'changed', before, after, paths };
}

/** The deepest object paths (`MetadataOptions.HttpTokens`) at which two values differ; lists are compared whole. */
function changedPaths(before: unknown, after: unknown, at = ''): string[] {
  if (sameJson(before, after)) return [];
  if (!isObject(before) || !isObject(after)) return [at];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .sort()
    .flatMap((name) => changedPaths(before[name], after[name], at === '' ? name : `${at}.${name}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
