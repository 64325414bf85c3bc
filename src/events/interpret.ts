import type { Field } from './condition.js';
import { holds } from './holds.js';
import { leavesAt, UNBOUND, type Binding, type Leaf } from './leaves.js';
import type { EventPattern } from './pattern.js';

/**
 * Whether an event matches a pattern, the slow and obvious way: for each alternative, every choice of one value for each
 * field, until one is found in which no array gives two different elements. The oracle of the automaton's tests.
 *
 * O(product of the fields' values) at worst.
 */
export function interpret(pattern: EventPattern, event: unknown): boolean {
  return pattern.alternatives.some((fields) => choose(fields, 0, event, UNBOUND));
}

function choose(fields: readonly Field[], at: number, event: unknown, chosen: Binding): boolean {
  const field = fields[at];
  if (field === undefined) return true;
  const leaves = leavesAt(event, field.path);
  if (leaves.length === 0) return isAbsent(field) && choose(fields, at + 1, event, chosen);
  return leaves.some((leaf) => {
    if (!field.conditions.some((condition) => holds(condition, leaf.value))) return false;
    const together = joined(chosen, leaf);
    return together !== undefined && choose(fields, at + 1, event, together);
  });
}

/** A field that is not there matches only where that is asked for. */
export function isAbsent({ conditions }: Field): boolean {
  return conditions.some((condition) => condition.kind === 'exists' && !condition.exists);
}

function joined(chosen: Binding, { binding }: Leaf): Binding | undefined {
  const both = new Map(chosen);
  for (const [array, index] of binding) {
    if ((both.get(array) ?? index) !== index) return undefined;
    both.set(array, index);
  }
  return both;
}
