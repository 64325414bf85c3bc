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
  for (const { accepted, texts, isComplete } of classes) {
    const free = texts.find((one) => !literals.has(one));
    const text = free ?? (isComplete ? undefined : otherText(wildPatterns, accepted, [...literals.keys()], statesMax));
    if (text !== undefined) atoms.push({ accepted: accepted.map((index) => wild[index] ?? -1), text });
  }
  const accepting = acceptedTexts(wildPatterns, [...literals.keys()]);
  for (const [text, own] of literals) {
    const others = (accepting.get(text) ?? []).map((index) => wild[index] ?? -1);
    atoms.push({ accepted: [...own, ...others].sort((a, b) => a - b), text });
  }
  return { atoms, states };
}

/** The patterns that accept each text. Texts with the same beginning share the way through it. */
function acceptedTexts(patterns: readonly TokenPattern[], texts: readonly string[]): Map<string, number[]> {
  const automaton = new ProductAutomaton(patterns);
  const states = [automaton.start()];
  const result = new Map<string, number[]>();
  let last = '';
  for (const text of [...texts].sort()) {
    let shared = 0;
    while (shared < last.length && last[shared] === text[shared]) shared++;
    states.length = shared + 1;
    for (let at = shared; at < text.length; at++) states.push(automaton.step(states[at] ?? [], text.charCodeAt(at)));
    result.set(text, automaton.accepted(states[text.length] ?? []));
    last = text;
  }
  return result;
}

interface TextClass {
  readonly accepted: readonly number[];
  /** A text or two for each state of the class. */
  readonly texts: string[];
  /** Whether `texts` are all there are. */
  isComplete: boolean;
}

/** A state and how it was reached. */
interface Reached {
  readonly state: State;
  readonly text: string;
  /** Where the first way to it came from, if that was by one character alone. */
  readonly from: Reached | undefined;
  /** Another text, if it was reached a second time. */
  otherText: string | undefined;
}

function explore(patterns: readonly TokenPattern[], statesMax: number): { classes: TextClass[]; states: number } {
  const automaton = new ProductAutomaton(patterns);
  const first: Reached = { state: automaton.start(), text: '', from: undefined, otherText: undefined };
  const all = [first];
  const byKey = new Map([[stateKey(first.state), first]]);
  for (let index = 0; index < all.length; index++) {
    if (all.length > statesMax) throw new BudgetExceeded(`more than ${statesMax} states of wildcard patterns`);
    const from = all[index] ?? first;
    const { codes, named } = automaton.characters(from.state);
    codes.forEach((code, at) => {
      const state = automaton.step(from.state, code);
      const key = stateKey(state);
      const known = byKey.get(key);
      if (known !== undefined) {
        known.otherText ??= from.text + String.fromCharCode(code);
        return;
      }
      const text = from.text + String.fromCharCode(code);
      const made = { state, text, from: at < named ? from : undefined, otherText: undefined };
      byKey.set(key, made);
      all.push(made);
    });
  }
  return { classes: classesOf(automaton, all), states: all.length };
}

function classesOf(automaton: ProductAutomaton, all: readonly Reached[]): TextClass[] {
  const classes = new Map<string, TextClass>();
  const single = new Set<Reached>();
  for (const reached of all) {
    const { state, text, from, otherText } = reached;
    // A state that no second way leads to has as many texts as the state before it, which came earlier.
    const isSingle = otherText === undefined && (reached === all[0] || (from !== undefined && single.has(from)));
    if (isSingle) single.add(reached);
    const accepted = automaton.accepted(state);
    const key = accepted.join();
    let found = classes.get(key);
    if (found === undefined) {
      found = { accepted, texts: [], isComplete: true };
      classes.set(key, found);
    }
    found.texts.push(text);
    if (otherText !== undefined) found.texts.push(otherText);
    if (!isSingle) found.isComplete = false;
  }
  return [...classes.values()];
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
