import type { Scalar } from './condition.js';
import type { RuleMachine, State, Step } from './machine.js';

/** Of more fields than these, or more values of one, parsing the whole text is as quick as looking for each. */
const FIELDS_MAX = 16;
const VALUES_MAX = 64;

/**
 * Whether an event given as JSON text could match a rule. It never says no to a text that matches; it says yes to some that do
 * not, and what it says yes to is parsed and matched for certain. Most events match nothing, and are done with here.
 *
 * The automaton is gone through with less than is known after parsing: in place of the value at `detail.eventName` it is given
 * every plain value that follows a key `eventName` (or `….eventName`) anywhere in the text, which an expression finds
 * without reading every character. The right value is among them: wherever it stands, however often the key comes, in whatever lists.
 * What asks that a field is not there is taken to hold. Where a text leaves a doubt, the answer is yes: a key could be written
 * with `\u` escapes, a value has an escape in it or is a list.
 *
 * O(text) for each field that is looked for; a state's fields are only looked for once it is reached. Refused: going through
 * the text from bracket to bracket, which takes most of the time that `JSON.parse` takes (measured, by loops, by `indexOf` from
 * quote to quote, and by expressions) and then knows less.
 */
export function couldMatch(machine: RuleMachine, text: string): boolean {
  return text.includes('\\u') || new Glance(text).reaches(machine.start);
}

class Glance {
  private readonly text: string;
  private readonly reached = new Set<State>();
  private fields = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether a rule could match from a state on that was not reached before. */
  reaches(state: State): boolean {
    if (state.accepts.length > 0) return true;
    if (this.reached.has(state)) return false;
    this.reached.add(state);
    return state.steps.some((step) => this.passes(step));
  }

  private passes(step: Step): boolean {
    const { index } = step;
    if (index.absent.some((next) => this.reaches(next))) return true;
    this.fields += 1;
    const values = this.fields > FIELDS_MAX ? undefined : valuesAfter(keyOf(step), this.text);
    if (values === undefined) return true;
    let passes = false;
    for (const value of values) {
      index.match(value, (next) => {
        passes ||= this.reaches(next);
      });
    }
    return passes;
  }
}

const QUOTE = 34;
const OPEN = 123;

/** All plain values that follow a key; undefined where there is a doubt. */
function valuesAfter(key: RegExp | undefined, text: string): Scalar[] | undefined {
  if (key === undefined) return undefined;
  const values: Scalar[] = [];
  for (key.lastIndex = 0; key.test(text);) {
    // An object is no value; what is inside it has names of its own.
    if (text.charCodeAt(key.lastIndex) === OPEN) continue;
    const value = scalarAt(text, key.lastIndex);
    if (value === undefined || values.length === VALUES_MAX) return undefined;
    values.push(value);
  }
  return values;
}

/** Names that JSON text without `\u` can spell in one way only. */
const ONE_SPELLING = /^[^"\\/\p{Cc}]+$/u;
const SPECIAL = /[$()*+.?[\]^{|}]/g;
const BLANKS = String.raw`[ \t\n\r]*`;
const keys = new WeakMap<Step, { readonly key: RegExp | undefined }>();

/** Finds the keys that the last part of a step's path is, or is the end of, up to where their value begins. */
function keyOf(step: Step): RegExp | undefined {
  const known = keys.get(step);
  if (known !== undefined) return known.key;
  const name = step.path.at(-1) ?? '';
  const key = ONE_SPELLING.test(name)
    ? new RegExp(`[".]${name.replace(SPECIAL, String.raw`\$&`)}"${BLANKS}:${BLANKS}`, 'g')
    : undefined;
  keys.set(step, { key });
  return key;
}

const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,\]}])/y;

/** The plain value that begins at a place; undefined for a text with escapes, a list, and what is no JSON. */
function scalarAt(text: string, start: number): Scalar | undefined {
  if (text.charCodeAt(start) === QUOTE) {
    const inside = text.slice(start + 1, Math.max(start + 1, text.indexOf('"', start + 1)));
    return inside.includes('\\') ? undefined : inside;
  }
  LITERAL.lastIndex = start;
  const literal = LITERAL.exec(text)?.[0];
  return literal === undefined ? undefined : (JSON.parse(literal) as Scalar);
}
