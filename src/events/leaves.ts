import type { Scalar } from './condition.js';

/** Which element of which arrays a value stands in: the array itself, and the index. */
export type Binding = ReadonlyMap<readonly unknown[], number>;

export const UNBOUND: Binding = new Map();

export interface Leaf {
  readonly value: Scalar;
  /** The arrays on the way to it. */
  readonly binding: Binding;
}

/**
 * The values at the end of a path of an event. Arrays do not count as steps: a path goes through each of their elements.
 * Where `bound` says which element of an array is meant, it goes through that one only. An object's key that has dots is
 * as many steps as it has parts.
 *
 * O(what the path goes through): one step for each part of the path where there are no arrays.
 */
export function leavesAt(event: unknown, path: readonly string[], bound: Binding): Leaf[] {
  const found: Leaf[] = [];
  walk(event, path, 0, bound, UNBOUND, found);
  return found;
}

function walk(
  value: unknown,
  path: readonly string[],
  depth: number,
  bound: Binding,
  way: Binding,
  found: Leaf[],
): void {
  if (Array.isArray(value)) {
    const array = value as readonly unknown[];
    const only = bound.get(array);
    const first = only ?? 0;
    const last = only ?? array.length - 1;
    for (let index = first; index <= last; index++) {
      walk(array[index], path, depth, bound, new Map(way).set(array, index), found);
    }
    return;
  }
  if (depth === path.length) {
    if (value === null || typeof value !== 'object') found.push({ value: value as Scalar, binding: way });
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const object = value as Readonly<Record<string, unknown>>;
  let key = '';
  for (let end = depth; end < path.length; end++) {
    key = end === depth ? (path[end] ?? '') : `${key}.${path[end]}`;
    if (Object.hasOwn(object, key) && object[key] !== undefined) walk(object[key], path, end + 1, bound, way, found);
  }
}
