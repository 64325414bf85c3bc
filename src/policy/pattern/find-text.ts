import { BudgetExceeded } from './budget.js';
import { matchTokens } from './match-tokens.js';
import { ProductAutomaton, stateKey, type State } from './product-automaton.js';
import { includesPattern } from './includes-pattern.js';
import { isLiteral, literalText, many, type TokenPattern } from './token-pattern.js';

/** What a text must be: of each group, some pattern must accept it; no pattern of `none` may. */
export interface Wanted {
  readonly groups: readonly (readonly number[])[];
  readonly none: readonly number[];
}

/**
 * A text that some pattern of every group accepts and none of the excluded patterns does, or `undefined` when there is
 * none: a proof of emptiness.
 *
 * Best-first over the product of only the patterns that matter: states from which every group is near its end come
 * first. A state is cut off when a group can no longer accept, or when an excluded pattern accepts whatever a group
 * still can: without that, excluded patterns that begin and end in `*` would double the states each.
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
  const at = (index: number): number => place.get(index) ?? -1;
  return new TextSearch(
    used.map((index) => patterns[index] ?? []),
    groups.map((group) => group.map(at)),
    wanted.none.map(at),
  ).text(statesMax);
}

interface Step {
  readonly state: State;
  readonly from: Step | undefined;
  readonly code: number;
  readonly depth: number;
}

class TextSearch {
  private readonly patterns: readonly TokenPattern[];
  private readonly groups: readonly (readonly number[])[];
  private readonly automaton: ProductAutomaton;
  private readonly isExcluded: readonly boolean[];
  /** The characters that a place still needs, at least. */
  private readonly needed: readonly number[];
  /** The groups that each pattern is in. */
  private readonly groupsOf: readonly (readonly number[])[];
  /** Of a place: the excluded places that accept all that it does. */
  private readonly covering = new Map<number, readonly number[]>();
  /** The places that can cover: those of an excluded pattern where any run of some set may follow. */
  private readonly covers: readonly number[];

  constructor(patterns: readonly TokenPattern[], groups: readonly (readonly number[])[], none: readonly number[]) {
    this.patterns = patterns;
    this.groups = groups;
    this.automaton = new ProductAutomaton(patterns);
    this.isExcluded = patterns.map((_, index) => none.includes(index));
    this.groupsOf = patterns.map((_, index) => [...groups.keys()].filter((group) => groups[group]?.includes(index)));
    const places = Array.from({ length: this.automaton.size }, (_, place) => this.automaton.locate(place));
    this.needed = places.map(
      ({ pattern, offset }) => (patterns[pattern] ?? []).slice(offset).filter(({ kind }) => kind !== 'many').length,
    );
    this.covers = [...places.keys()].filter((place) => {
      const { pattern, offset } = places[place] ?? { pattern: -1, offset: 0 };
      return this.isExcluded[pattern] === true && patterns[pattern]?.[offset]?.kind === 'many';
    });
  }

  text(statesMax: number): string | undefined {
    const { automaton } = this;
    const start = automaton.start();
    const seen = new Set([stateKey(start)]);
    const queue: Step[][] = [];
    const push = (step: Step): void => {
      const distance = this.distance(step.state);
      if (distance !== undefined) (queue[step.depth + distance] ??= []).push(step);
    };
    push({ state: start, from: undefined, code: 0, depth: 0 });
    for (let count = 0, total = 0; total < queue.length;) {
      const step = queue[total]?.pop();
      if (step === undefined) {
        total++;
        continue;
      }
      if (this.isWanted(step.state)) return textOf(step);
      if (++count > statesMax) throw new BudgetExceeded(`more than ${statesMax} states of wildcard patterns`);
      for (const code of automaton.characters(step.state).codes) {
        const state = automaton.step(step.state, code);
        const key = stateKey(state);
        if (seen.has(key)) continue;
        seen.add(key);
        push({ state, from: step, code, depth: step.depth + 1 });
      }
    }
    return undefined;
  }

  private isWanted(state: State): boolean {
    const accepted = this.automaton.accepted(state);
    if (accepted.some((index) => this.isExcluded[index])) return false;
    return this.groups.every((group) => group.some((index) => accepted.includes(index)));
  }

  /** The characters still needed, at least; `undefined` when no text can follow. */
  private distance(state: State): number | undefined {
    const open = new Set(state);
    const nearest = this.groups.map(() => Infinity);
    for (const place of state) {
      const { pattern } = this.automaton.locate(place);
      if (this.isExcluded[pattern] === true || this.coveringOf(place).some((other) => open.has(other))) continue;
      for (const group of this.groupsOf[pattern] ?? []) {
        nearest[group] = Math.min(nearest[group] ?? Infinity, this.needed[place] ?? 0);
      }
    }
    const furthest = nearest.reduce((most, one) => Math.max(most, one), 0);
    if (furthest === Infinity) return undefined;
    return this.groups.length === 0 && this.acceptsAll(state) ? undefined : furthest;
  }

  /** Whether an excluded pattern accepts whatever follows. */
  private acceptsAll(state: State): boolean {
    return state.some((place) => {
      const { pattern, offset } = this.automaton.locate(place);
      return this.isExcluded[pattern] === true && includesPattern(this.patterns[pattern] ?? [], offset, [many()], 0);
    });
  }

  private coveringOf(place: number): readonly number[] {
    const known = this.covering.get(place);
    if (known !== undefined) return known;
    const { pattern, offset } = this.automaton.locate(place);
    const made = this.covers.filter((other) => {
      const outer = this.automaton.locate(other);
      return includesPattern(this.patterns[outer.pattern] ?? [], outer.offset, this.patterns[pattern] ?? [], offset);
    });
    this.covering.set(place, made);
    return made;
  }
}

function textOf(last: Step): string {
  let text = '';
  for (let step = last; step.from !== undefined; step = step.from) text = String.fromCharCode(step.code) + text;
  return text;
}
