import { Type, type Static } from '@sinclair/typebox';

const names = Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 1000 });
const accounts = Type.Array(Type.String({ pattern: '^[0-9]{12}$' }), { minItems: 1, maxItems: 10_000 });
const severities = Type.Array(
  Type.Union([
    Type.Literal('CRITICAL'),
    Type.Literal('HIGH'),
    Type.Literal('MEDIUM'),
    Type.Literal('LOW'),
    Type.Literal('INFORMATIONAL'),
  ]),
  { minItems: 1 },
);
const tags = Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.Array(Type.String({ maxLength: 256 })), {
  minProperties: 1,
});

const parts = {
  controls: Type.Optional(names),
  accounts: Type.Optional(accounts),
  organizationalUnits: Type.Optional(names),
  regions: Type.Optional(names),
  severities: Type.Optional(severities),
  tags: Type.Optional(tags),
};

/**
 * A part of the estate: what a rule, a filter, an approval or a window is about. What is named must hold, all of it; `except`
 * takes out again; a scope that names nothing is everything. A control may end in `*` (`EC2.*`). An organizational unit is
 * named by its path (`Workloads/Prod`) and takes in all below it. A tag is named with its values; an empty list is any value.
 */
export const scopeSchema = Type.Object(
  { ...parts, except: Type.Optional(Type.Object(parts, { additionalProperties: false })) },
  { additionalProperties: false },
);

export type Scope = Static<typeof scopeSchema>;

/** What a scope is held against. `undefined` is *not known*. */
export interface ScopeFacts {
  readonly controlId: string;
  readonly accountId: string;
  /** The names of the organizational units above the account, outermost first. */
  readonly path: readonly string[] | undefined;
  readonly region: string;
  readonly severity: string;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

/** Whether something is in a scope, and if not surely so, why. */
export type ScopeMatch =
  | { readonly is: 'in' }
  | { readonly is: 'out'; readonly why: string }
  /** A fact that decides is not known. */
  | { readonly is: 'unknown'; readonly why: string };

const IN: ScopeMatch = { is: 'in' };

/**
 * Whether something is in a scope, three-valued. One part that surely does not hold is enough for *out*, whatever is unknown of
 * the others; *in* needs all of them known. Who asks decides what *unknown* means, and decides for what does less: an
 * exclusion excludes, an inclusion does not include.
 */
export function matchScope(scope: Scope | undefined, facts: ScopeFacts): ScopeMatch {
  if (scope === undefined) return IN;
  let unknown: ScopeMatch | undefined;
  for (const name of partNames) {
    const match = matchPart(name, scope, facts);
    if (match.is === 'out') return match;
    if (match.is === 'unknown') unknown ??= match;
  }
  return unknown ?? IN;
}

/** Whether a scope asks for tags, which are worth reading again. */
export function asksForTags(scope: Scope | undefined): boolean {
  return scope?.tags !== undefined || scope?.except?.tags !== undefined;
}

function matchPart(name: keyof typeof tests, scope: Scope, facts: ScopeFacts): ScopeMatch {
  const word = words[name];
  const holds = (part: Scope[typeof name]) =>
    part === undefined ? undefined : (tests[name](part as never, facts) ?? 'unknown');
  const wanted = holds(scope[name]);
  const excepted = holds(scope.except?.[name]);
  if (wanted === false) return { is: 'out', why: `its ${word} is not in scope` };
  if (excepted === true) return { is: 'out', why: `its ${word} is excepted` };
  if (wanted === 'unknown') return { is: 'unknown', why: `its ${word} is not known` };
  if (excepted === 'unknown') return { is: 'unknown', why: `its ${word} is not known, and some are excepted` };
  return IN;
}

const words = {
  controls: 'control',
  accounts: 'account',
  organizationalUnits: 'organizational unit',
  regions: 'region',
  severities: 'severity',
  tags: 'set of tags',
} as const;

/** Undefined where the fact is not known. */
const tests = {
  controls: (wanted: readonly string[], { controlId }: ScopeFacts) => wanted.some((name) => fitsName(name, controlId)),
  accounts: (wanted: readonly string[], { accountId }: ScopeFacts) => wanted.includes(accountId),
  organizationalUnits: (wanted: readonly string[], { path }: ScopeFacts) =>
    path === undefined ? undefined : wanted.some((unit) => isBelow(path, unit.split('/'))),
  regions: (wanted: readonly string[], { region }: ScopeFacts) => wanted.includes(region),
  severities: (wanted: readonly string[], { severity }: ScopeFacts) => wanted.includes(severity),
  tags: (wanted: Readonly<Record<string, readonly string[]>>, facts: ScopeFacts) =>
    facts.tags === undefined
      ? undefined
      : Object.entries(wanted).every(([key, values]) => hasTag(facts.tags, key, values)),
} as const;

const partNames = Object.keys(tests) as readonly (keyof typeof tests)[];

/** `EC2.*` takes in every control of the service. */
function fitsName(wanted: string, controlId: string): boolean {
  return wanted.endsWith('*') ? controlId.startsWith(wanted.slice(0, -1)) : wanted === controlId;
}

/** Whether a unit, by its path, is one of those above an account or the account's own. */
export function isBelow(path: readonly string[], unit: readonly string[]): boolean {
  return unit.length <= path.length && unit.every((name, level) => path[level] === name);
}

function hasTag(tags: ScopeFacts['tags'], key: string, values: readonly string[]): boolean {
  const value = tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined;
  return value !== undefined && (values.length === 0 || values.includes(value));
}
