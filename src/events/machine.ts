import { Choice, eachValue } from './choices.js';
import type { Field, Scalar } from './condition.js';
import { FieldIndex } from './field-index.js';
import type { EventPattern } from './pattern.js';

/** A rule: a pattern by its name. */
export interface NamedPattern {
  readonly name: string;
  readonly pattern: EventPattern;
}

/** A path and everything that is asked of it in one state. */
export interface Step {
  readonly id: number;
  readonly path: readonly string[];
  readonly index: FieldIndex<State>;
}

/** What is left to be asked. `accepts`: the rules of which nothing is left. */
export interface State {
  readonly id: number;
  readonly steps: Step[];
  readonly accepts: string[];
}

/**
 * Many rules as one automaton. Fields are asked in the order of their paths, so rules that begin alike share what they
 * begin with, and an event is asked each question once, however many rules ask it.
 *
 * Cost of an event: the states it reaches × the paths they ask for. With rules that test a few fields for exact texts and
 * prefixes that is a few look-ups, the same for five rules and for a hundred thousand.
 *
 * Arrays: values matched in one array must be of one element of it. A state is reached together with the elements that were
 * chosen, but only of the arrays that the next path goes through too: paths through one array follow each other, so once they
 * are over the choice is forgotten, and states that differ only in it are one. A step that has an element chosen goes to it
 * straight. So the cost is linear in the elements, where trying every choice is their product. The idea is event-ruler 2's,
 * the form our own. One thing costs more: an event that spells a path in two ways (`a.b` and `a`, `b`) with an array in each
 * has pairs of elements to choose from.
 */
export class RuleMachine {
  readonly start: State;
  private readonly edges = new Map<string, State>();
  private nextState = 0;
  private nextStep = 0;
  /** In which run each state was last reached without a choice: a state is gone on from once a run. */
  readonly reached: number[] = [];
  private runs = 0;

  constructor() {
    this.start = this.state();
  }

  /** Adds a rule. O(its pattern). */
  add({ name, pattern }: NamedPattern): void {
    for (const fields of pattern.alternatives) {
      let state = this.start;
      for (const field of [...fields].sort((a, b) => comparePaths(a.path, b.path))) state = this.follow(state, field);
      if (!state.accepts.includes(name)) state.accepts.push(name);
    }
  }

  /** The state after a field: the same one for every rule that has asked the same so far. */
  private follow(state: State, field: Field): State {
    const pathKey = JSON.stringify(field.path);
    const edge = `${state.id} ${pathKey} ${conditionsKey(field)}`;
    const known = this.edges.get(edge);
    if (known !== undefined) return known;
    const next = this.state();
    this.edges.set(edge, next);
    const step = stepOf(state, field.path) ?? this.step(state, field.path);
    for (const condition of field.conditions) step.index.add(condition, next);
    return next;
  }

  nextRun(): number {
    this.runs += 1;
    return this.runs;
  }

  private step(state: State, path: readonly string[]): Step {
    const step: Step = { id: this.nextStep++, path, index: new FieldIndex<State>() };
    state.steps.push(step);
    return step;
  }

  private state(): State {
    this.reached.push(0);
    return { id: this.nextState++, steps: [], accepts: [] };
  }
}

/** A state asks for few different paths; with many, the last one is most likely the one. */
function stepOf({ steps }: State, path: readonly string[]): Step | undefined {
  return steps.findLast((step) => comparePaths(step.path, path) === 0);
}

function conditionsKey({ conditions }: Field): string {
  return JSON.stringify(conditions, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** By parts, so that all paths below one stand together. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [left = '', right = ''] = [a[at], b[at]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** Rules ready to be matched. O(all patterns together). */
export function compileRules(rules: Iterable<NamedPattern>): RuleMachine {
  const machine = new RuleMachine();
  for (const rule of rules) machine.add(rule);
  return machine;
}

/** The names of the rules that an event matches, each once. The event is what `JSON.parse` gives. */
export function matchEvent(machine: RuleMachine, event: unknown): string[] {
  const run = new Run(machine, event);
  run.visit(machine.start);
  return run.matched;
}

const SET_FROM = 16;

/** One event on its way through the automaton. */
class Run {
  private readonly machine: RuleMachine;
  private readonly run: number;
  private readonly event: unknown;
  /** The rules, each once. */
  readonly matched: string[] = [];
  private told: Set<string> | undefined;
  private nothing: Choice | undefined;
  /** With which choices each step was taken already. */
  private taken: Map<Step, Set<Choice>> | undefined;
  private absent: Map<Step, boolean> | undefined;

  constructor(machine: RuleMachine, event: unknown) {
    this.machine = machine;
    this.run = machine.nextRun();
    this.event = event;
  }

  /** Goes on to a state without any choice of elements, the first time. */
  visit(state: State): void {
    const { reached } = this.machine;
    if (reached[state.id] === this.run) return;
    reached[state.id] = this.run;
    for (const name of state.accepts) this.accept(name);
    for (const step of state.steps) this.takeFreely(step);
  }

  /** Most events match few rules: only for many is a set worth its making. */
  private accept(name: string): void {
    if (this.matched.length < SET_FROM) {
      if (!this.matched.includes(name)) this.matched.push(name);
      return;
    }
    this.told ??= new Set(this.matched);
    if (this.told.has(name)) return;
    this.told.add(name);
    this.matched.push(name);
  }

  /** Takes a step when nothing is chosen. Most values are reached without an array, and then there is nothing to remember. */
  private takeFreely(step: Step): void {
    const value = plainValue(this.event, step.path);
    if (value === MANY) this.takeChosen(step, (this.nothing ??= Choice.none()));
    else if (value === ABSENT) for (const state of step.index.absent) this.visit(state);
    else step.index.match(value, (state) => this.visit(state));
  }

  private takeChosen(step: Step, chosen: Choice): void {
    eachValue(this.event, step.path, chosen, (value, choice) => {
      step.index.match(value, (state) => this.goOn(step, state, choice));
    });
    // That a field is not there is said of the whole event, whichever elements were chosen.
    if (step.index.absent.length > 0 && this.isAbsent(step)) {
      for (const state of step.index.absent) this.goOn(step, state, chosen);
    }
  }

  /** Goes on to a state with what was chosen on the way to it. */
  private goOn(step: Step, state: State, choice: Choice): void {
    for (const name of state.accepts) this.accept(name);
    for (const next of state.steps) {
      // Only the arrays on the part that both paths share matter from here on.
      const kept = choice.upTo(sharedLength(step.path, next.path));
      if (!this.isFirst(next, kept)) continue;
      if (kept === this.nothing) this.takeFreely(next);
      else this.takeChosen(next, kept);
    }
  }

  private isFirst(step: Step, chosen: Choice): boolean {
    this.taken ??= new Map();
    let known = this.taken.get(step);
    if (known === undefined) this.taken.set(step, (known = new Set()));
    if (known.has(chosen)) return false;
    known.add(chosen);
    return true;
  }

  private isAbsent(step: Step): boolean {
    this.absent ??= new Map();
    let answer = this.absent.get(step);
    if (answer === undefined) {
      answer = true;
      eachValue(this.event, step.path, Choice.none(), () => (answer = false));
      this.absent.set(step, answer);
    }
    return answer;
  }
}

/** How many parts two paths begin with alike. */
function sharedLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

const ABSENT = Symbol('absent');
const MANY = Symbol('many');

/** The one value at a path, without arrays and without keys that have dots; `MANY` where it takes more to say. */
function plainValue(event: unknown, path: readonly string[]): Scalar | typeof ABSENT | typeof MANY {
  let value: unknown = event;
  for (let depth = 0; depth < path.length; depth++) {
    if (value === null || typeof value !== 'object') return ABSENT;
    if (Array.isArray(value)) return MANY;
    const object = value as Readonly<Record<string, unknown>>;
    if (hasDottedKey(object, path, depth)) return MANY;
    const key = path[depth] ?? '';
    const next: unknown = object[key];
    if (next === undefined || (next === INHERITED[key] && !Object.hasOwn(object, key))) return ABSENT;
    value = next;
  }
  if (value === null) return null;
  if (typeof value !== 'object') return value as Scalar;
  return Array.isArray(value) ? MANY : ABSENT;
}

/** What every object seems to have: `constructor` is in no event unless it is its own. */
const INHERITED = Object.prototype as unknown as Readonly<Record<string, unknown>>;

const dotted = new WeakMap<readonly string[], readonly (readonly string[])[]>();

/** Whether some key of an object is several steps of the path at once. */
function hasDottedKey(object: Readonly<Record<string, unknown>>, path: readonly string[], depth: number): boolean {
  if (depth === path.length - 1) return false;
  let keys = dotted.get(path);
  if (keys === undefined) {
    keys = path.map((_, start) =>
      path.slice(start + 1).map((_part, more) => path.slice(start, start + more + 2).join('.')),
    );
    dotted.set(path, keys);
  }
  for (const key of keys[depth] ?? []) if (object[key] !== undefined) return true;
  return false;
}
