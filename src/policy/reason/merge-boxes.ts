import type { Dimension, Domain } from './dimension.js';
import type { Box } from './search.js';

/**
 * Disjoint boxes as fewer: two that differ in one dimension are one, with the values of both. A search splits on tests that
 * do not matter in the end; put together again its boxes read like policies.
 *
 * Cost: O(boxes² × dimensions) for each merge.
 */
export function mergedBoxes(dimensions: readonly Dimension[], boxes: readonly Box[]): Box[] {
  const merged = [...boxes];
  for (let at = 0; at < merged.length; at++) {
    for (let other = at + 1; other < merged.length; other++) {
      const union = unionOf(dimensions, merged[at] as Box, merged[other] as Box);
      if (union === undefined) continue;
      merged[at] = union;
      merged.splice(other, 1);
      // It may now go with one that it did not go with before, also with an earlier one.
      at = -1;
      break;
    }
  }
  return merged;
}

/** The two as one box; `undefined` when they differ in more than one dimension, or in one whose atoms are not known. */
function unionOf(dimensions: readonly Dimension[], left: Box, right: Box): Box | undefined {
  let differs: number | undefined;
  for (const [index, dimension] of dimensions.entries()) {
    if (isSame(dimension, left[index] as Domain, right[index] as Domain)) continue;
    if (differs !== undefined) return undefined;
    differs = index;
  }
  const dimension = dimensions[differs ?? -1];
  const [one, two] = [left[differs ?? -1], right[differs ?? -1]];
  if (dimension === undefined || !(one instanceof Uint32Array) || !(two instanceof Uint32Array)) return undefined;
  const neither = dimension.meet(dimension.complement(one), dimension.complement(two));
  const both = neither === undefined ? dimension.full() : dimension.complement(neither);
  return left.map((domain, index) => (index === differs ? both : domain));
}

function isSame(dimension: Dimension, left: Domain, right: Domain): boolean {
  if (left === right) return true;
  if (left instanceof Uint32Array && right instanceof Uint32Array) {
    return left.every((word, index) => word === right[index]);
  }
  return (
    !(left instanceof Uint32Array) &&
    !(right instanceof Uint32Array) &&
    left.key === right.key &&
    dimension.element === undefined
  );
}
