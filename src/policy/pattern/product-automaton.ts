import { characterSets, representatives, setsOf } from './character-set.js';
import type { TokenPattern } from './token-pattern.js';

/** A state: the open positions of all patterns at once, in order. */
export type State = readonly number[];

/**
 * All patterns run side by side as one automaton whose states are made on demand.
 *
 * Each pattern is a chain of tokens; a state is the set of places in the chains that the characters read so far can
 * have led to. Positions before the last open `many` of a pattern whose set holds every character are dropped: what
 * they can still accept, that one can too. Following only `characters(state)` reaches every state that any text reaches,
 * because every other character behaves like one of them.
 */
export class ProductAutomaton {
  /** Of each place: the code of its character, or -1; the other case's; the bit of its set; whether it is a `many`. */
  private readonly codes: Int32Array;
  private readonly otherCodes: Int32Array;
  private readonly sets: Int32Array;
  private readonly isMany: Uint8Array;
  private readonly owner: Int32Array;
  private readonly starts: number[] = [];
  private readonly marks: Int32Array;
  private generation = 0;

  constructor(patterns: readonly TokenPattern[]) {
    const count = patterns.reduce((sum, pattern) => sum + pattern.length + 1, 0);
    this.codes = new Int32Array(count).fill(-1);
    this.otherCodes = new Int32Array(count).fill(-1);
    this.sets = new Int32Array(count);
    this.isMany = new Uint8Array(count);
    this.owner = new Int32Array(count);
    this.marks = new Int32Array(count);
    let place = 0;
    patterns.forEach((pattern, index) => {
      this.starts.push(place);
      this.owner.fill(index, place, place + pattern.length + 1);
      for (const token of pattern) {
        if (token.kind === 'character') {
          this.codes[place] = token.character.charCodeAt(0);
          if (token.other !== undefined) this.otherCodes[place] = token.other.charCodeAt(0);
        } else {
          this.sets[place] = 1 << token.set.id;
          if (token.kind === 'many') this.isMany[place] = 1;
        }
        place++;
      }
      place++;
    });
  }

  /** The state before the first character. */
  start(): State {
    const next: number[] = [];
    this.generation++;
    for (const place of this.starts) this.open(next, place);
    return next;
  }

  /** The state after one more character. */
  step(state: State, code: number): State {
    const next: number[] = [];
    const sets = setsOf(code);
    this.generation++;
    for (const place of state) {
      if (((this.sets[place] as number) & sets) !== 0) this.open(next, this.isMany[place] === 1 ? place : place + 1);
      else if (this.codes[place] === code || this.otherCodes[place] === code) this.open(next, place + 1);
    }
    return next;
  }

  /** The codes of characters that stand for the whole alphabet at a state; the first `named` for themselves alone. */
  characters(state: State): { readonly codes: readonly number[]; readonly named: number } {
    const codes: number[] = [];
    let sets = 0;
    for (const place of state) {
      sets |= this.sets[place] as number;
      const code = this.codes[place] as number;
      const other = this.otherCodes[place] as number;
      if (code >= 0 && !codes.includes(code)) codes.push(code);
      if (other >= 0 && !codes.includes(other)) codes.push(other);
    }
    const named = codes.length;
    if (sets !== 0) codes.push(...representatives(sets, codes));
    return { codes, named };
  }

  /** The patterns that accept the text read so far, in order. */
  accepted(state: State): number[] {
    const result: number[] = [];
    for (const place of state) if (this.isEnd(place)) result.push(this.owner[place] as number);
    return result;
  }

  /** The pattern a place belongs to, and where in it the place is. */
  locate(place: number): { readonly pattern: number; readonly offset: number } {
    const pattern = this.owner[place] as number;
    return { pattern, offset: place - (this.starts[pattern] as number) };
  }

  /** How many places there are. */
  get size(): number {
    return this.codes.length;
  }

  /**
   * Opens a place and those reachable from it without reading. Places come in ascending order, so states stay sorted.
   * A `many` of every character makes the open places before it in the same pattern needless.
   */
  private open(state: number[], from: number): void {
    for (let place = from; this.marks[place] !== this.generation; place++) {
      this.marks[place] = this.generation;
      if (this.isAnything(place)) {
        while (state.length > 0 && this.owner[state[state.length - 1] as number] === this.owner[place]) state.pop();
      }
      state.push(place);
      if (this.isMany[place] === 0) break;
    }
  }

  private isAnything(place: number): boolean {
    return this.isMany[place] === 1 && this.sets[place] === ANYTHING;
  }

  private isEnd(place: number): boolean {
    return this.codes[place] === -1 && this.sets[place] === 0;
  }
}

const ANYTHING = 1 << characterSets.any.id;

/** A text that tells states apart: a character a place; past the surrogates, which would melt together, two. */
export function stateKey(state: State): string {
  const last = state[state.length - 1] ?? 0;
  if (last < 0xd7ff) return String.fromCharCode.apply(undefined, state as number[]);
  return String.fromCodePoint(...state.map((place) => (place < 0xd7ff ? place : place + 0x801)));
}
