import { BudgetExceeded } from './budget.js';
import { findText } from './find-text.js';
import { matchTokens } from './match-tokens.js';
import { ProductAutomaton, stateKey, type State } from './product-automaton.js';
import { isLiteral, literal, literalText, type TokenPattern } from './token-pattern.js';

/** A non-empty class of texts that no pattern tells apart. */
export interface Atom {
  /** The patterns that accept it, ascending. */
  readonly accepted: readonly number[];
  /** One text of the class. */
  readonly text: string;
}

/**
 * The atoms of some patterns: every text lies in exactly one.
 *
 * The product of the wildcard patterns is explored over one character for each way a character can behave; two states
 * that accept the same patterns are one atom. Literal patterns stay out of the product: each is an atom of one text.
 * A class whose sample text happens to be such a literal needs another text, or is empty without it; that is decided
 * exactly, by looking for a text of the class with the literals excluded.
 *
 * Cost: O(states × characters); states grow linearly with ordinary prefixes and exponentially with patterns that begin
 * and end in `*`, hence the limit.
 *
 * Source: the idea is that of atomic predicates (Yang and Lam, "Real-time verification of network properties using
 * atomic predicates", 2013), applied to texts.
 * @throws BudgetExceeded past `statesMax` states.
 */
export function atomsOf(patterns: readonly TokenPattern[], statesMax: number): { atoms: Atom[]; states: number } {
  const wild: number[] = [];
  const literals = new Map<string, number[]>();
  patterns.forEach((pattern, index) => {
    if (!isLiteral(pattern)) wild.push(index);
    else literals.set(literalText(pattern), [...(literals.get(literalText(pattern)) ?? []), index]);
  });
  const wildPatterns = wild.map((index) => patterns[index] ?? []);
  const { classes, states } = explore(wildPatterns, statesMax);
  const atoms: Atom[] = [];
  for (const { accepted, texts } of classes) {
    const text =
      texts.find((one) => !literals.has(one)) ?? otherText(wildPatterns, accepted, [...literals.keys()], statesMax);
    if (text !== undefined) atoms.push({ accepted: accepted.map((index) => wild[index] ?? -1), text });
  }
  for (const [text, own] of literals) {
    const others = wild.filter((index) => matchTokens(patterns[index] ?? [], text));
    atoms.push({ accepted: [...own, ...others].sort((a, b) => a - b), text });
  }
  return { atoms, states };
}

interface TextClass {
  readonly accepted: readonly number[];
  /** A text for each state of the class. */
  readonly texts: readonly string[];
}

function explore(patterns: readonly TokenPattern[], statesMax: number): { classes: TextClass[]; states: number } {
  const automaton = new ProductAutomaton(patterns);
  const states: State[] = [automaton.start()];
  const texts = [''];
  const seen = new Set(states.map(stateKey));
  for (let index = 0; index < states.length; index++) {
    if (states.length > statesMax) throw new BudgetExceeded(`more than ${statesMax} states of wildcard patterns`);
    const state = states[index] ?? [];
    for (const character of automaton.characters(state)) {
      const next = automaton.step(state, character);
      const key = stateKey(next);
      if (seen.has(key)) continue;
      seen.add(key);
      states.push(next);
      texts.push((texts[index] ?? '') + character);
    }
  }
  const classes = new Map<string, { accepted: number[]; texts: string[] }>();
  states.forEach((state, index) => {
    const accepted = automaton.accepted(state);
    const key = accepted.join();
    const found = classes.get(key);
    if (found === undefined) classes.set(key, { accepted, texts: [texts[index] ?? ''] });
    else found.texts.push(texts[index] ?? '');
  });
  return { classes: [...classes.values()], states: states.length };
}

/** A text of a class that is none of the literals. */
function otherText(
  patterns: readonly TokenPattern[],
  accepted: readonly number[],
  literals: readonly string[],
  statesMax: number,
): string | undefined {
  const isAccepted = new Set(accepted);
  const inClass = literals.filter((text) =>
    patterns.every((pattern, index) => matchTokens(pattern, text) === isAccepted.has(index)),
  );
  const all = [...patterns, ...inClass.map((text) => literal(text))];
  const none = all.map((_, index) => index).filter((index) => !isAccepted.has(index));
  return findText(all, { groups: accepted.map((index) => [index]), none }, statesMax);
}
