import { representatives } from './character-set.js';
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
  private readonly tokens: (TokenPattern[number] | undefined)[] = [];
  private readonly owner: number[] = [];
  private readonly starts: number[] = [];
  private readonly marks: Int32Array;
  private generation = 0;

  constructor(patterns: readonly TokenPattern[]) {
    patterns.forEach((pattern, index) => {
      this.starts.push(this.tokens.length);
      for (const token of pattern) {
        this.tokens.push(token);
        this.owner.push(index);
      }
      this.tokens.push(undefined);
      this.owner.push(index);
    });
    this.marks = new Int32Array(this.tokens.length);
  }

  /** The state before the first character. */
  start(): State {
    return this.closed(this.starts);
  }

  /** The state after one more character. */
  step(state: State, character: string): State {
    const next: number[] = [];
    for (const position of state) {
      const token = this.tokens[position];
      if (token === undefined) continue;
      if (token.kind === 'character') {
        if (token.character === character || token.other === character) next.push(position + 1);
      } else if (token.set.has(character)) next.push(token.kind === 'one' ? position + 1 : position);
    }
    return this.closed(next);
  }

  /** Characters that stand for the whole alphabet at a state. */
  characters(state: State): string[] {
    const explicit = new Set<string>();
    let sets = 0;
    for (const position of state) {
      const token = this.tokens[position];
      if (token === undefined) continue;
      if (token.kind === 'character') {
        explicit.add(token.character);
        if (token.other !== undefined) explicit.add(token.other);
      } else sets |= 1 << token.set.id;
    }
    return [...explicit, ...representatives(sets, explicit)];
  }

  /** The patterns that accept the text read so far, in order. */
  accepted(state: State): number[] {
    const result: number[] = [];
    for (const position of state) {
      const owner = this.owner[position];
      if (this.tokens[position] === undefined && owner !== undefined) result.push(owner);
    }
    return result;
  }

  /** The patterns that can still accept something. */
  alive(state: State): Set<number> {
    const result = new Set<number>();
    for (const position of state) result.add(this.owner[position] ?? -1);
    return result;
  }

  /** The patterns that accept whatever follows. */
  forever(state: State): number[] {
    return state
      .filter((position) => {
        const token = this.tokens[position];
        return token?.kind === 'many' && token.set.id === 0 && this.tokens[position + 1] === undefined;
      })
      .map((position) => this.owner[position] ?? -1);
  }

  /** Adds the places reachable without reading, sorts, and drops what a later `many` makes needless. */
  private closed(positions: readonly number[]): State {
    const generation = ++this.generation;
    const open: number[] = [];
    for (let position of positions) {
      while (this.marks[position] !== generation) {
        this.marks[position] = generation;
        open.push(position);
        if (this.tokens[position]?.kind !== 'many') break;
        position++;
      }
    }
    open.sort((a, b) => a - b);
    return this.withoutNeedless(open);
  }

  private withoutNeedless(open: readonly number[]): State {
    const kept: number[] = [];
    for (let from = 0; from < open.length;) {
      const owner = this.owner[open[from] ?? -1];
      let to = from;
      let keepFrom = from;
      for (; to < open.length && this.owner[open[to] ?? -1] === owner; to++) {
        const token = this.tokens[open[to] ?? -1];
        if (token?.kind === 'many' && token.set.id === 0) keepFrom = to;
      }
      for (let index = keepFrom; index < to; index++) kept.push(open[index] ?? -1);
      from = to;
    }
    return kept;
  }
}

/** A text that tells states apart: a code point a position, past the surrogates, which would melt together. */
export function stateKey(state: State): string {
  return String.fromCodePoint(...state.map((position) => (position < 0xd7ff ? position + 1 : position + 0x801)));
}
