import { matchEvent, type RuleMachine } from './machine.js';

/** What some rule asks for below one place of an event. */
interface Asked {
  readonly below: Map<string, Asked>;
  /** Matches any number of members of an object that nobody asks for, unless their values are deep. */
  passed: RegExp;
}

export type TextMatch =
  | { readonly matched: string[] }
  | { readonly malformed: { readonly at: number; readonly expected: string } };

/**
 * Matches an event given as JSON text, without reading what no rule asks for: keys are followed only where some path goes,
 * and everything else is passed over. Quicker than `JSON.parse` of the whole, because most of an event is text that nobody
 * asks about, and because regular expressions, which the engine compiles, do the passing over. Refused: a loop over the
 * characters, which is half as quick as `JSON.parse` (measured), and `indexOf` from quote to quote, which is just as quick.
 *
 * What is passed over is only checked to be balanced: an event whose other parts are not JSON is matched all the same. What
 * reaches the hub from outside is parsed whole before it is kept; this is for sifting what comes from a trusted bus.
 */
export function matchText(machine: RuleMachine, text: string): TextMatch {
  try {
    return { matched: matchEvent(machine, new Sifter(text).event(askedOf(machine))) };
  } catch (mistake) {
    if (!(mistake instanceof Malformed)) throw mistake;
    return { malformed: { at: mistake.at, expected: mistake.expected } };
  }
}

const asked = new WeakMap<RuleMachine, { readonly paths: number; readonly root: Asked }>();

function askedOf(machine: RuleMachine): Asked {
  const known = asked.get(machine);
  if (known?.paths === machine.paths.length) return known.root;
  const root = newAsked();
  for (const path of machine.paths) {
    let node = root;
    for (const part of path) {
      const next = node.below.get(part) ?? newAsked();
      node.below.set(part, next);
      node = next;
    }
  }
  prepare(root);
  asked.set(machine, { paths: machine.paths.length, root });
  return root;
}

const NOTHING = /(?:)/y;
const newAsked = (): Asked => ({ below: new Map(), passed: NOTHING });

/** Of more keys than these, each key of an object is looked up, and none passed over by an expression. */
const EXPRESSION_KEYS_MAX = 64;

const STRING_SOURCE = String.raw`"[^"\\]*(?:\\[^][^"\\]*)*"`;
const BLANKS = String.raw`[ \t\n\r]*`;
const PLAIN = String.raw`[^"{}[\]]*`;
/** Objects and arrays with at most so many levels below them are passed over in one go. */
const NESTED_LEVELS = 4;
const VALUE_SOURCE = String.raw`(?:${STRING_SOURCE}|[^"{}[\],: \t\n\r]+|${nestedSource(NESTED_LEVELS)})`;

function nestedSource(levels: number): string {
  const inside = levels === 0 ? STRING_SOURCE : `(?:${STRING_SOURCE}|${nestedSource(levels - 1)})`;
  return String.raw`[{[]${PLAIN}(?:${inside}${PLAIN})*[}\]]`;
}
const SPECIAL = /[$()*+./?[\\\]^{|}]/g;

function prepare(node: Asked): void {
  for (const next of node.below.values()) prepare(next);
  const keys = [...node.below.keys()];
  if (keys.length > EXPRESSION_KEYS_MAX) return;
  // A key may be several steps at once, with dots between; one with an escape is left to be read.
  const wanted = keys.map((key) => key.replace(SPECIAL, String.raw`\$&`)).join('|');
  const unasked = keys.length === 0 ? '' : String.raw`(?!(?:${wanted})[".])`;
  const member = String.raw`"${unasked}[^"\\]*"${BLANKS}:${BLANKS}${VALUE_SOURCE}${BLANKS},${BLANKS}`;
  node.passed = new RegExp(`(?:${member})*`, 'y');
}

const STRING = new RegExp(STRING_SOURCE, 'y');
/** Everything up to the next bracket that is not inside a string. */
const TO_BRACKET = new RegExp(`${PLAIN}(?:${STRING_SOURCE}${PLAIN})*`, 'y');
const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,\]}]|$)/y;

/** Where a sticky expression's match from a place ends; the place itself where it matches nothing. */
function after(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : at;
}

class Malformed extends Error {
  readonly at: number;
  readonly expected: string;
  constructor(at: number, expected: string) {
    super(`${expected} is expected at ${at}`);
    this.at = at;
    this.expected = expected;
  }
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/** Reads of a text what is asked for. */
class Sifter {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  event(root: Asked): unknown {
    const event = this.value(root);
    this.at = afterBlanks(this.text, this.at);
    if (this.at < this.text.length) throw new Malformed(this.at, 'the end');
    return event;
  }

  private value(node: Asked): unknown {
    const start = afterBlanks(this.text, this.at);
    this.at = start;
    const char = this.text.charCodeAt(start);
    if (char === OPEN) return this.object(node);
    if (char === OPEN_LIST) return this.list(node);
    if (char === QUOTE) {
      this.at = afterString(this.text, start);
      return textOf(this.text, start, this.at);
    }
    this.at = after(LITERAL, this.text, start);
    if (this.at === start) throw new Malformed(start, 'a value');
    return JSON.parse(this.text.slice(start, this.at));
  }

  private object(node: Asked): unknown {
    const object: Record<string, unknown> = {};
    const { text } = this;
    let at = afterBlanks(text, this.at + 1);
    if (text.charCodeAt(at) === CLOSE) {
      this.at = at + 1;
      return object;
    }
    for (;;) {
      const start = after(node.passed, text, afterBlanks(text, at));
      if (text.charCodeAt(start) !== QUOTE) throw new Malformed(start, 'a key');
      const end = afterString(text, start);
      const key = textOf(text, start, end);
      const next = follow(node, key);
      at = afterBlanks(text, end);
      if (text.charCodeAt(at) !== COLON) throw new Malformed(at, '`:`');
      this.at = at + 1;
      if (next === undefined) this.at = afterValue(text, this.at);
      else if (key === '__proto__') Object.defineProperty(object, key, { value: this.value(next), enumerable: true });
      else object[key] = this.value(next);
      at = afterBlanks(text, this.at);
      const char = text.charCodeAt(at);
      at += 1;
      if (char === COMMA) continue;
      if (char !== CLOSE) throw new Malformed(at - 1, '`,` or `}`');
      this.at = at;
      return object;
    }
  }

  private list(node: Asked): unknown[] {
    const list: unknown[] = [];
    const { text } = this;
    this.at = afterBlanks(text, this.at + 1);
    if (text.charCodeAt(this.at) === CLOSE_LIST) {
      this.at += 1;
      return list;
    }
    for (;;) {
      list.push(this.value(node));
      this.at = afterBlanks(text, this.at) + 1;
      const char = text.charCodeAt(this.at - 1);
      if (char === CLOSE_LIST) return list;
      if (char !== COMMA) throw new Malformed(this.at - 1, '`,` or `]`');
    }
  }
}

function afterBlanks(text: string, at: number): number {
  let next = at;
  for (let char = text.charCodeAt(next); char === 32 || char === 10 || char === 13 || char === 9;) {
    next += 1;
    char = text.charCodeAt(next);
  }
  return next;
}

/** Over a string, from its opening quote. */
function afterString(text: string, start: number): number {
  const end = after(STRING, text, start);
  if (end === start) throw new Malformed(text.length, '`"`');
  return end;
}

/** What a string means, from its opening quote to after its closing one. */
function textOf(text: string, start: number, end: number): string {
  const inside = text.slice(start + 1, end - 1);
  if (!inside.includes('\\')) return inside;
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    throw new Malformed(start, 'a text');
  }
}

/** Over a value that nobody asks for: from bracket to bracket. */
function afterValue(text: string, from: number): number {
  const start = afterBlanks(text, from);
  const first = text.charCodeAt(start);
  if (first === QUOTE) return afterString(text, start);
  if (first !== OPEN && first !== OPEN_LIST) return afterLiteral(text, start);
  let depth = 1;
  for (let at = start + 1; ;) {
    at = after(TO_BRACKET, text, at) + 1;
    const char = text.charCodeAt(at - 1);
    if (char === OPEN || char === OPEN_LIST) depth += 1;
    else if (char === CLOSE || char === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at;
    } else throw new Malformed(at - 1, '`}` or `]`');
  }
}

function afterLiteral(text: string, start: number): number {
  let at = start;
  for (let char = text.charCodeAt(at); char > 32 && char !== COMMA && char !== CLOSE && char !== CLOSE_LIST;) {
    at += 1;
    char = text.charCodeAt(at);
  }
  if (at === start) throw new Malformed(start, 'a value');
  return at;
}

/** What is asked for below a key; a key with dots is as many steps as it has parts. */
function follow(node: Asked, key: string): Asked | undefined {
  const direct = node.below.get(key);
  if (direct !== undefined || !key.includes('.')) return direct;
  let found: Asked | undefined = node;
  for (const part of key.split('.')) found = found?.below.get(part);
  return found;
}
