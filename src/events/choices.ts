import type { Scalar } from './condition.js';

/**
 * Which elements of which arrays the values matched so far stand in: the last one chosen, and those before it. The same
 * elements chosen in the same order are the same object, so that a choice is compared and remembered as itself, without
 * a walk through it.
 */
export class Choice {
  readonly before: Choice | undefined;
  private readonly array: readonly unknown[];
  private readonly index: number;
  /** How many parts of the path lead to the array. */
  private readonly depth: number;
  private after: Map<readonly unknown[], (Choice | undefined)[]> | undefined;

  private constructor(before: Choice | undefined, array: readonly unknown[], index: number, depth: number) {
    this.before = before;
    this.array = array;
    this.index = index;
    this.depth = depth;
  }

  /** Where one event's choices begin: nothing is chosen. */
  static none(): Choice {
    return new Choice(undefined, [], -1, 0);
  }

  /** This, and an element of one more array. */
  and(array: readonly unknown[], index: number, depth: number): Choice {
    this.after ??= new Map();
    let known = this.after.get(array);
    if (known === undefined) this.after.set(array, (known = []));
    return (known[index] ??= new Choice(this, array, index, depth));
  }

  /** The element chosen of an array. O(arrays within arrays). */
  indexIn(array: readonly unknown[]): number | undefined {
    if (this.before === undefined) return undefined;
    return this.array === array ? this.index : this.before.indexIn(array);
  }

  /** Of this, the elements of arrays that at most so many parts of the path lead to. O(arrays within arrays). */
  upTo(depth: number): Choice {
    if (this.before === undefined) return this;
    const before = this.before.upTo(depth);
    if (this.depth > depth) return before;
    return before === this.before ? this : before.and(this.array, this.index, this.depth);
  }
}

/**
 * Gives `found` each value at the end of a path that agrees with a choice, together with the choice that it makes: an array
 * of which an element is chosen is gone through by that element alone, and of any other array each element is a new choice.
 * A plain value in an array belongs to no element. A key that has dots is as many steps of the path as it has parts.
 *
 * O(what the path goes through): an array of which an element is chosen costs one step, however long it is.
 */
export function eachValue(
  event: unknown,
  path: readonly string[],
  chosen: Choice,
  found: (value: Scalar, choice: Choice) => void,
): void {
  const isEnd = (depth: number) => depth === path.length;

  const walk = (value: unknown, depth: number, choice: Choice): void => {
    if (value === null || typeof value !== 'object') {
      if (isEnd(depth)) found(value as Scalar, choice);
    } else if (Array.isArray(value)) walkArray(value as readonly unknown[], depth, choice);
    else if (!isEnd(depth)) walkObject(value as Readonly<Record<string, unknown>>, depth, choice);
  };

  const walkArray = (array: readonly unknown[], depth: number, choice: Choice): void => {
    const only = choice.indexIn(array);
    if (only !== undefined) walk(array[only], depth, choice);
    // Only at its end does a path meet plain values, and there no element was chosen before: longer paths come later.
    else {
      for (const [index, element] of array.entries()) {
        const isPart = element !== null && typeof element === 'object';
        walk(element, depth, isPart ? choice.and(array, index, depth) : choice);
      }
    }
  };

  const walkObject = (object: Readonly<Record<string, unknown>>, depth: number, choice: Choice): void => {
    let key = path[depth] ?? '';
    for (let end = depth + 1; ; end++) {
      if (Object.hasOwn(object, key) && object[key] !== undefined) walk(object[key], end, choice);
      if (isEnd(end)) return;
      key += `.${path[end]}`;
    }
  };

  walk(event, 0, chosen);
}
