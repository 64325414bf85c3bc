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

/** Sample characters grouped by the sets that hold them, for one choice of sets. */
const groupsBySets = new Map<number, readonly (readonly string[])[]>();

/**
 * One character for each way a character not named explicitly can lie in the given sets: together with the explicit
 * characters they stand for the whole alphabet at a state of an automaton.
 *
 * @param sets the sets' ids as bits.
 */
export function representatives(sets: number, explicit: ReadonlySet<string>): string[] {
  const result: string[] = [];
  for (const group of groupsOf(sets)) {
    const free = group.find((character) => !explicit.has(character));
    if (free !== undefined) result.push(free);
    else if (group.includes('~')) result.push(beyond(explicit));
  }
  return result;
}

function groupsOf(sets: number): readonly (readonly string[])[] {
  const known = groupsBySets.get(sets);
  if (known !== undefined) return known;
  const members = all.filter(({ id }) => (sets >> id) & 1);
  const groups = new Map<string, string[]>();
  for (const character of SAMPLES) {
    const signature = members.map((set) => (set.has(character) ? '1' : '0')).join('');
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, [character]);
    else group.push(character);
  }
  const made = [...groups.values()];
  groupsBySets.set(sets, made);
  return made;
}

/** `~` lies in the same sets as every character beyond Latin-1, so its group is never used up. */
function beyond(explicit: ReadonlySet<string>): string {
  for (let code = BEYOND; ; code++) {
    const character = String.fromCharCode(code);
    if (!explicit.has(character)) return character;
  }
}
