import { BudgetExceeded } from './budget.js';
import { matchTokens } from './match-tokens.js';
import { ProductAutomaton, stateKey, type State } from './product-automaton.js';
import { isLiteral, literalText, type TokenPattern } from './token-pattern.js';

/** What a text must be: of each group, some pattern must accept it; no pattern of `none` may. */
export interface Wanted {
  readonly groups: readonly (readonly number[])[];
  readonly none: readonly number[];
}

/**
 * The shortest text that some pattern of every group accepts and none of the excluded patterns does, or `undefined`
 * when there is none: a proof of emptiness.
 *
 * Breadth-first over the product of only the patterns that matter. A state is cut off when a group can no longer
 * accept or an excluded pattern accepts whatever follows.
 *
 * @throws BudgetExceeded past `statesMax` states.
 */
export function findText(patterns: readonly TokenPattern[], wanted: Wanted, statesMax: number): string | undefined {
  const excluded = new Set(wanted.none);
  const groups = wanted.groups.map((group) => group.filter((index) => !excluded.has(index)));
  if (groups.some((group) => group.length === 0)) return undefined;
  const literals = groups.find((group) => group.every((index) => isLiteral(patterns[index] ?? [])));
  const accepts = (index: number, text: string): boolean => matchTokens(patterns[index] ?? [], text);
  if (literals !== undefined) {
    return literals
      .map((index) => literalText(patterns[index] ?? []))
      .find(
        (text) =>
          groups.every((group) => group.some((index) => accepts(index, text))) &&
          !wanted.none.some((index) => accepts(index, text)),
      );
  }
  const used = [...new Set([...groups.flat(), ...wanted.none])];
  const place = new Map(used.map((index, at) => [index, at]));
  const automaton = new ProductAutomaton(used.map((index) => patterns[index] ?? []));
  const at = (index: number): number => place.get(index) ?? -1;
  return search(
    automaton,
    groups.map((group) => group.map(at)),
    new Set(wanted.none.map(at)),
    statesMax,
  );
}

interface Step {
  readonly state: State;
  readonly from: Step | undefined;
  readonly character: string;
}

function search(
  automaton: ProductAutomaton,
  groups: readonly (readonly number[])[],
  none: ReadonlySet<number>,
  statesMax: number,
): string | undefined {
  const start: Step = { state: automaton.start(), from: undefined, character: '' };
  const seen = new Set([stateKey(start.state)]);
  const queue = [start];
  for (let next = 0; next < queue.length; next++) {
    const step = queue[next];
    if (step === undefined) break;
    const accepted = new Set(automaton.accepted(step.state));
    const isWanted = groups.every((group) => group.some((index) => accepted.has(index)));
    if (isWanted && ![...accepted].some((index) => none.has(index))) return textOf(step);
    if (next > statesMax) throw new BudgetExceeded(`more than ${statesMax} states of wildcard patterns`);
    for (const character of automaton.characters(step.state)) {
      const state = automaton.step(step.state, character);
      const key = stateKey(state);
      if (seen.has(key)) continue;
      seen.add(key);
      if (isAlive(automaton, state, groups, none)) queue.push({ state, from: step, character });
    }
  }
  return undefined;
}

function isAlive(
  automaton: ProductAutomaton,
  state: State,
  groups: readonly (readonly number[])[],
  none: ReadonlySet<number>,
): boolean {
  if (automaton.forever(state).some((index) => none.has(index))) return false;
  const alive = automaton.alive(state);
  return groups.every((group) => group.some((index) => alive.has(index)));
}

function textOf(last: Step): string {
  let text = '';
  for (let step: Step | undefined = last; step !== undefined; step = step.from) text = step.character + text;
  return text;
}
