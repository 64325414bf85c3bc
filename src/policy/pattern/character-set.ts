/** A set of characters that a wildcard may stand for. */
export interface CharacterSet {
  /** A small number: the sets at a state are kept as bits. */
  readonly id: number;
  readonly has: (character: string) => boolean;
}

/** Parts a principal's ARN from its session name in the principal dimension; no name contains it. */
export const SEPARATOR = '\u001f';

/** The sets in use. */
export const characterSets = {
  any: { id: 0, has: () => true },
  noColon: { id: 1, has: (character) => character !== ':' },
  digit: { id: 2, has: (character) => character >= '0' && character <= '9' },
  noSeparator: { id: 3, has: (character) => character !== SEPARATOR },
  noColonNorSeparator: { id: 4, has: (character) => character !== ':' && character !== SEPARATOR },
  /** The characters of user, role and session names. */
  name: { id: 5, has: (character) => /[\w+=,.@-]/.test(character) },
  /** The characters of an IAM path with its name. */
  path: { id: 6, has: (character) => /[\w+=,.@/-]/.test(character) },
  /** The characters of the two halves of an action, in lower case. */
  action: { id: 7, has: (character) => /[a-z0-9-]/.test(character) },
} as const satisfies Record<string, CharacterSet>;

const all: readonly CharacterSet[] = Object.values(characterSets);

/** Tried in this order, so that a witness is made of ordinary letters where it may be. */
const SAMPLES =
  'xyzwqkjvnmbhgdfrtplsacueioXYZWQKJVNMBHGDFRTPLSACUEIO0123456789-_./:=@+~,%$!()[]{}<>|^&\'"`\\ #;*?' + SEPARATOR;
const BEYOND = 0x100;

/** The sets that hold each character of Latin-1, as bits: membership is asked once a character and a position. */
const setsOfLatin1 = Int32Array.from({ length: BEYOND }, (_, code) => setsHolding(String.fromCharCode(code)));

/** The ids of the sets that hold a character, as bits. */
export function setsOf(code: number): number {
  return code < BEYOND ? (setsOfLatin1[code] ?? 0) : setsHolding(String.fromCharCode(code));
}

function setsHolding(character: string): number {
  return all.reduce((bits, set) => (set.has(character) ? bits | (1 << set.id) : bits), 0);
}

/** Whether every character of one set lies in another. */
export function includesSet(outer: CharacterSet, inner: CharacterSet): boolean {
  const both = (1 << outer.id) | (1 << inner.id);
  return groupsOf(both).every(([code = 0]) => (setsOf(code) & both) !== 1 << inner.id) || outer.id === inner.id;
}

/** Sample characters grouped by the sets that hold them, for one choice of sets. */
const groupsBySets = new Map<number, readonly (readonly number[])[]>();

/**
 * The code of one character for each way a character not named explicitly can lie in the given sets: together with the
 * explicit characters they stand for the whole alphabet at a state of an automaton.
 *
 * @param sets the sets' ids as bits.
 * @param explicit the codes of the characters named.
 */
export function representatives(sets: number, explicit: readonly number[]): number[] {
  const result: number[] = [];
  for (const group of groupsOf(sets)) {
    const free = group.find((code) => !explicit.includes(code));
    if (free !== undefined) result.push(free);
    else if (group.includes(OTHER)) result.push(beyond(explicit));
  }
  return result;
}

function groupsOf(sets: number): readonly (readonly number[])[] {
  const known = groupsBySets.get(sets);
  if (known !== undefined) return known;
  const groups = new Map<number, number[]>();
  for (const character of SAMPLES) {
    const code = character.charCodeAt(0);
    const signature = setsOf(code) & sets;
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, [code]);
    else group.push(code);
  }
  const made = [...groups.values()];
  groupsBySets.set(sets, made);
  return made;
}

/** `~` lies in the same sets as every character beyond Latin-1, so its group is never used up. */
const OTHER = '~'.charCodeAt(0);

function beyond(explicit: readonly number[]): number {
  for (let code = BEYOND; ; code++) if (!explicit.includes(code)) return code;
}
