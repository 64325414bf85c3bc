import { constraintPattern } from '../../reference/constraint-pattern.js';
import type { Constraint, Constraints } from '../../reference/constraints.js';
import type { Member, Shape } from '../protocols/shape.js';
import type { Breach, Rule } from './breach.js';

/** Looks at one value and adds what it breaks. */
export type Check = (value: unknown, at: Place, breaches: Breach[]) => void;

/** Where a value stands. */
export interface Place {
  readonly path: string;
  readonly member: string;
  readonly sensitive: boolean;
}

/** What is checked of a service's inputs: services differ in what they look at before anything else. */
export interface Extent {
  readonly enums: boolean;
  readonly lengths: boolean;
  readonly patterns: boolean;
  readonly ranges: boolean;
  /** Structures whose members the operation judges itself, one by one. */
  readonly opaque: ReadonlySet<string>;
}

/** Breaches after which the rest of an input is not looked at. */
const BREACHES_MAX = 100;

/**
 * Makes the checks of a service: each structure once, on its first use, so that a request costs only a walk over the
 * values it has. What has nothing to check has no check.
 */
export class Checks {
  private readonly constraints: Constraints;
  private readonly extent: Extent;
  private readonly structures = new Map<Shape, readonly MemberCheck[]>();

  constructor(constraints: Constraints, extent: Extent) {
    this.constraints = constraints;
    this.extent = extent;
  }

  /** Everything an input breaks, in the order of its members. */
  breachesOf(input: Shape, value: Readonly<Record<string, unknown>>): Breach[] {
    const breaches: Breach[] = [];
    if (input.kind === 'struct') this.checkMembers(this.membersOf(input), value, '', breaches);
    return breaches;
  }

  private membersOf(shape: Shape): readonly MemberCheck[] {
    const known = this.structures.get(shape);
    if (known !== undefined) return known;
    const made: MemberCheck[] = [];
    // Stored before it is filled: structures may hold themselves.
    this.structures.set(shape, made);
    const constraints = this.constraints.get(shape.name);
    if (this.extent.opaque.has(shape.name)) return made;
    for (const member of shape.members) {
      const check = this.valueCheck(member.shape, constraints?.get(member.name) ?? {});
      const required = shape.kind === 'struct' && member.required && !member.traits.idempotencyToken;
      if (check === undefined && !required) continue;
      const sensitive = (member.traits.sensitive ?? member.shape.traits.sensitive) !== undefined;
      made.push({ member, required, check, at: lowerFirst(member.name), sensitive });
    }
    return made;
  }

  private checkMembers(checks: readonly MemberCheck[], value: object, prefix: string, breaches: Breach[]): void {
    for (const { member, required, check, at, sensitive } of checks) {
      if (breaches.length >= BREACHES_MAX) return;
      const field = (value as Readonly<Record<string, unknown>>)[member.name];
      const path = prefix + at;
      if (field !== undefined && field !== null) check?.(field, { path, member: member.name, sensitive }, breaches);
      else if (required)
        breaches.push({ rule: { kind: 'required' }, path, member: member.name, value: null, sensitive });
    }
  }

  private valueCheck(shape: Shape, constraint: Constraint): Check | undefined {
    switch (shape.kind) {
      case 'struct':
      case 'union': {
        return (value, { path }, breaches) =>
          this.checkMembers(this.membersOf(shape), value as object, `${path}.`, breaches);
      }
      case 'list':
        return this.listCheck(shape, constraint);
      case 'map':
        return this.mapCheck(shape, constraint);
      default:
        return scalarCheck(this.rulesOf(shape, constraint));
    }
  }

  private listCheck({ item }: Shape, constraint: Constraint): Check | undefined {
    const length = scalarCheck(this.lengthRules(constraint));
    const rules = this.rulesOf(item.shape, constraint.item ?? {});
    if (isScalar(item.shape)) {
      const within = rules.map(tester);
      if (within.length === 0) return length;
      return (value, at, breaches) => {
        length?.(value, at, breaches);
        const broken = (value as unknown[]).some((each) => within.some((holds) => !holds(each)));
        if (broken) breaches.push({ ...at, value, rule: { kind: 'items', rules } });
      };
    }
    const inner = this.valueCheck(item.shape, constraint.item ?? {});
    if (inner === undefined) return length;
    return (value, at, breaches) => {
      length?.(value, at, breaches);
      for (const [index, each] of (value as unknown[]).entries()) {
        if (breaches.length >= BREACHES_MAX) return;
        if (each !== undefined && each !== null)
          inner(each, { ...at, path: `${at.path}.${index + 1}.member` }, breaches);
      }
    };
  }

  private mapCheck({ key, value: held }: Shape, constraint: Constraint): Check | undefined {
    const length = scalarCheck(this.lengthRules(constraint));
    const keyRules = this.rulesOf(key.shape, constraint.key ?? {});
    const valueRules = isScalar(held.shape) ? this.rulesOf(held.shape, constraint.value ?? {}) : [];
    const inner = isScalar(held.shape) ? undefined : this.valueCheck(held.shape, constraint.value ?? {});
    const keyTests = keyRules.map(tester);
    const valueTests = valueRules.map(tester);
    if (keyTests.length + valueTests.length === 0 && inner === undefined) return length;
    return (value, at, breaches) => {
      length?.(value, at, breaches);
      const entries = Object.entries(value as object) as [string, unknown][];
      if (entries.some(([name]) => keyTests.some((holds) => !holds(name)))) {
        breaches.push({ ...at, value, rule: { kind: 'keys', rules: keyRules } });
      }
      if (entries.some(([, each]) => valueTests.some((holds) => !holds(each)))) {
        breaches.push({ ...at, value, rule: { kind: 'values', rules: valueRules } });
      }
      if (inner === undefined) return;
      for (const [name, each] of entries) {
        if (breaches.length >= BREACHES_MAX) return;
        if (each !== undefined && each !== null) inner(each, { ...at, path: `${at.path}.${name}.member` }, breaches);
      }
    };
  }

  /** What a plain value must satisfy, in AWS's order. */
  private rulesOf(shape: Shape, constraint: Constraint): Rule[] {
    const rules: Rule[] = [];
    if (shape.kind === 'number' || shape.kind === 'bigint') {
      if (!this.extent.ranges) return rules;
      if (constraint.max !== undefined) rules.push({ kind: 'max', limit: constraint.max });
      if (constraint.min !== undefined) rules.push({ kind: 'min', limit: constraint.min });
      return rules;
    }
    if (shape.kind === 'string' || shape.kind === 'blob') rules.push(...this.lengthRules(constraint));
    if (shape.kind !== 'string') return rules;
    const { pattern, values } = constraint;
    if (pattern !== undefined && this.extent.patterns && constraintPattern(pattern) !== undefined) {
      rules.push({ kind: 'pattern', pattern });
    }
    if (values !== undefined && this.extent.enums) rules.push({ kind: 'enum', values });
    return rules;
  }

  private lengthRules({ max, min }: Constraint): Rule[] {
    const rules: Rule[] = [];
    if (!this.extent.lengths) return rules;
    if (max !== undefined) rules.push({ kind: 'lengthMax', limit: max });
    if (min !== undefined && min > 0) rules.push({ kind: 'lengthMin', limit: min });
    return rules;
  }
}

/** One member of a structure that has something to check. */
interface MemberCheck {
  readonly member: Member;
  readonly required: boolean;
  readonly check: Check | undefined;
  readonly at: string;
  readonly sensitive: boolean;
}

function isScalar({ kind }: Shape): boolean {
  return kind !== 'struct' && kind !== 'union' && kind !== 'list' && kind !== 'map';
}

/** AWS names each rule that a plain value breaks. */
function scalarCheck(rules: readonly Rule[]): Check | undefined {
  if (rules.length === 0) return undefined;
  const tests = rules.map((rule) => ({ rule, holds: tester(rule) }));
  return (value, at, breaches) => {
    for (const { rule, holds } of tests) if (!holds(value)) breaches.push({ ...at, value, rule });
  };
}

/** Longer texts are not held against a pattern: those that may be so long have a length limit of their own. */
const PATTERN_TEXT_MAX = 1024 * 1024;

function tester(rule: Rule): (value: unknown) => boolean {
  switch (rule.kind) {
    case 'enum': {
      const values = new Set(rule.values);
      return (value) => values.has(String(value));
    }
    case 'pattern': {
      const pattern = constraintPattern(rule.pattern);
      return (value) => pattern === undefined || String(value).length > PATTERN_TEXT_MAX || pattern.test(String(value));
    }
    case 'lengthMax':
      return (value) => lengthOf(value) <= rule.limit;
    case 'lengthMin':
      return (value) => lengthOf(value) >= rule.limit;
    case 'max':
      return (value) => Number(value) <= rule.limit;
    case 'min':
      return (value) => Number(value) >= rule.limit;
    case 'required':
    case 'items':
    case 'keys':
    case 'values':
      return () => true;
  }
}

/** Text is counted in characters, as Smithy's `length` trait has it. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return characters(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.length;
  return value !== null && typeof value === 'object' ? Object.keys(value).length : 0;
}

function characters(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xd800) pairs += 1;
  return text.length - pairs;
}

function lowerFirst(text: string): string {
  return `${text[0]?.toLowerCase()}${text.slice(1)}`;
}
