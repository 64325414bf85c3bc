import type { FreeText } from '../../../findings/hub/validate-finding.js';
import type { Text } from './blocks.js';
import { instantOf, number } from './instant-bytes.js';
import type { FreeTextAt } from './rules.js';
import { stringValues, type StringValue } from './string-values.js';

/** What all lines of one shape have alike: every byte but those of the free strings. */
interface Branch<Meaning> {
  /** From the end of one free string to the begin of the next, or to the end of the line. */
  readonly literal: Uint8Array;
  /** The same, four bytes at a time; the last four may overlap those before. */
  readonly words: Int32Array;
  /** The free string after it; undefined at the end of the line. */
  readonly free: FreeText | undefined;
  readonly next: Branch<Meaning>[];
  meaning: Meaning | undefined;
}

/** More is not remembered: lines of as many shapes as there are lines have nothing in common. */
const BRANCHES_MAX = 4096;
/** Branches from one place. They are tried in turn. */
const BRANCHES_OF_PLACE_MAX = 24;
const LITERAL_BYTES_MAX = 8 * 1024 * 1024;
/** Lines that taught nothing: there is no sense in more. Looking at one costs as much as parsing it. */
const FRUITLESS_MAX = 4096;
/** Free strings of a line. */
const FREE_MAX = 128;

const QUOTE = 0x22;
const ASCII = 1;
const NOT_ASCII = 2;
/** Of each byte, whether it goes on with a string that is written as it is; 0 for what ends it: quotes, escapes, controls. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, code) =>
  code < 0x20 || code === QUOTE || code === 0x5c ? 0 : code < 0x80 ? ASCII : NOT_ASCII,
);

/**
 * Lines of JSON that were understood before, by their shape. Findings of one product are the same text again and again, but
 * for some strings: once one of a shape has been parsed and checked, the next is read by comparing its bytes, and nothing of
 * it is made but what is asked for. A tree: shapes share what they begin with.
 *
 * A line that is not quite of a known shape (another severity, a string with an escape, a time of another form) is none:
 * whoever asks parses it. `match` costs O(line), about a nanosecond a byte.
 */
export class LineShapes<Meaning> {
  /** Of the last line that matched: where its free strings lie, and the value of those that are a time or an account. */
  readonly from = new Int32Array(FREE_MAX);
  readonly to = new Int32Array(FREE_MAX);
  readonly value = new Float64Array(FREE_MAX);
  private readonly freeTextAt: FreeTextAt;
  private readonly roots: Branch<Meaning>[] = [];
  private viewed: Buffer | undefined;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private branches = 0;
  private bytes = 0;
  private fruitless = 0;

  constructor(freeTextAt: FreeTextAt) {
    this.freeTextAt = freeTextAt;
  }

  /** What was learned of the shape that a line has. */
  match({ in: bytes, from, to }: Text): Meaning | undefined {
    if (this.viewed !== bytes) {
      this.viewed = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const { view } = this;
    let at = from;
    let branches = this.roots;
    for (let free = 0; ; free++) {
      const branch = branchAt(branches, view, at, to);
      if (branch === undefined) return undefined;
      at += branch.literal.length;
      if (branch.free === undefined) return branch.meaning;
      const end = endOfFree(bytes, at, to, branch.free);
      if (end < 0) return undefined;
      const { kind } = branch.free;
      if (kind !== 'text') {
        const value = kind === 'instant' ? instantOf(bytes, at, end) : number(bytes, at, end - at);
        if (Number.isNaN(value)) return undefined;
        this.value[free] = value;
      }
      this.from[free] = at;
      this.to[free] = end;
      at = end;
      branches = branch.next;
    }
  }

  /**
   * Remembers the shape of a line that was parsed and is in order.
   *
   * @param meaning what all lines of the shape have in common, from the free strings of this one.
   */
  learn({ in: bytes, from, to }: Text, meaning: (free: readonly StringValue[]) => Meaning): void {
    const isFull = this.branches >= BRANCHES_MAX || this.bytes >= LITERAL_BYTES_MAX || this.fruitless >= FRUITLESS_MAX;
    if (isFull) return;
    const before = this.branches;
    const line = bytes.subarray(from, to);
    const values = stringValues(line)?.map((value) => ({ ...value, free: this.freeTextAt(value.path) }));
    const frees = values?.filter(({ free }) => free !== undefined) ?? [];
    const isPlain = values !== undefined && frees.length <= FREE_MAX && !frees.some(({ escaped }) => escaped);
    const end = isPlain ? this.grown(line, frees) : undefined;
    if (end !== undefined) end.meaning ??= meaning(frees);
    if (this.branches === before) this.fruitless += 1;
  }

  /** The branch at the end of a line; undefined where there is no room for it. */
  private grown(
    line: Uint8Array,
    frees: readonly (StringValue & { readonly free: FreeText | undefined })[],
  ): Branch<Meaning> | undefined {
    let branches = this.roots;
    let at = 0;
    for (const { free, from, to } of frees) {
      const branch = this.branchOf(branches, line.subarray(at, from), free);
      if (branch === undefined) return undefined;
      branches = branch.next;
      at = to;
    }
    return this.branchOf(branches, line.subarray(at), undefined);
  }

  /** The branch with a literal, grown if need be; undefined where there is no room. */
  private branchOf(
    branches: Branch<Meaning>[],
    literal: Uint8Array,
    free: FreeText | undefined,
  ): Branch<Meaning> | undefined {
    const known = branches.find((branch) => branch.free === free && Buffer.compare(branch.literal, literal) === 0);
    if (known !== undefined || branches.length >= BRANCHES_OF_PLACE_MAX) return known;
    const branch = { literal: Uint8Array.from(literal), words: wordsOf(literal), free, next: [], meaning: undefined };
    branches.push(branch);
    this.branches += 1;
    this.bytes += literal.length;
    return branch;
  }
}

function wordsOf(literal: Uint8Array): Int32Array {
  const view = new DataView(literal.buffer, literal.byteOffset, literal.length);
  const count = literal.length < 4 ? 0 : Math.ceil(literal.length / 4);
  return Int32Array.from({ length: count }, (_, word) => view.getInt32(Math.min(word * 4, literal.length - 4)));
}

function branchAt<Meaning>(
  branches: readonly Branch<Meaning>[],
  view: DataView,
  from: number,
  to: number,
): Branch<Meaning> | undefined {
  for (let at = 0; at < branches.length; at++) {
    const branch = branches[at] as Branch<Meaning>;
    const rest = to - from - branch.literal.length;
    if (branch.free === undefined ? rest !== 0 : rest < 0) continue;
    if (isAt(branch, view, from)) return branch;
  }
  return undefined;
}

/** Whether a literal lies here. Four bytes at a time, the last four first: two of one shape differ near their ends. */
function isAt({ literal, words }: Branch<unknown>, view: DataView, from: number): boolean {
  const { length } = literal;
  if (length < 4) {
    for (let at = 0; at < length; at++) if (literal[at] !== view.getUint8(from + at)) return false;
    return true;
  }
  for (let word = words.length - 1; word >= 0; word--) {
    if (words[word] !== view.getInt32(from + Math.min(word * 4, length - 4))) return false;
  }
  return true;
}

/** Where a free string ends; −1 if it is not surely one that keeps to what is asked of it. */
function endOfFree(bytes: Uint8Array, from: number, to: number, { min, max }: FreeText): number {
  let at = from;
  while (PLAIN[bytes[at] as number] === ASCII) at += 1;
  const isAscii = bytes[at] === QUOTE;
  if (!isAscii) while ((PLAIN[bytes[at] as number] as number) >= ASCII) at += 1;
  if (bytes[at] !== QUOTE || at >= to) return -1;
  // Bytes are as many as characters, or more: only of ASCII do they say that there are enough.
  const length = at - from;
  return length <= max && length >= min && (isAscii || min <= 1) ? at : -1;
}
