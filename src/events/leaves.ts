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
 * An object's key that has dots is as many steps as it has parts.
 *
 * O(what the path goes through): one step for each part of the path where there are no arrays.
 */
export function leavesAt(event: unknown, path: readonly string[]): Leaf[] {
  const found: Leaf[] = [];
  walk(event, path, 0, UNBOUND, found);
  return found;
}

function walk(value: unknown, path: readonly string[], depth: number, way: Binding, found: Leaf[]): void {
  if (Array.isArray(value)) {
    const array = value as readonly unknown[];
    for (const [index, element] of array.entries()) {
      // A plain value belongs to no element: only what has parts of its own can be one of several.
      const isPart = element !== null && typeof element === 'object';
      walk(element, path, depth, isPart ? new Map(way).set(array, index) : way, found);
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
    if (Object.hasOwn(object, key) && object[key] !== undefined) walk(object[key], path, end + 1, way, found);
  }
}
