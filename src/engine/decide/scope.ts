import { Type, type Static } from '@sinclair/typebox';

const names = Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 1000 });
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
const tags = Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.Array(Type.String({ maxLength: 256 })));

/**
 * To what a rule applies. What is named must hold, all of it; `except` takes out again. An organizational unit is named by
 * its path (`Workloads/Prod`) and takes in all below it. A tag is named with its values; an empty list is any value.
 */
export const scopeSchema = Type.Object(
  {
    controls: Type.Optional(names),
    accounts: Type.Optional(names),
    organizationalUnits: Type.Optional(names),
    regions: Type.Optional(names),
    severities: Type.Optional(severities),
    tags: Type.Optional(tags),
    except: Type.Optional(
      Type.Object(
        {
          controls: Type.Optional(names),
          accounts: Type.Optional(names),
          organizationalUnits: Type.Optional(names),
          regions: Type.Optional(names),
          tags: Type.Optional(tags),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export type Scope = Static<typeof scopeSchema>;

/** What a scope is held against. `undefined` is *not known*, which is never *fits*. */
export interface ScopeFacts {
  readonly controlId: string;
  readonly accountId: string;
  /** The names of the organizational units above the account, outermost first. */
  readonly path: readonly string[] | undefined;
  readonly region: string;
  readonly severity: string;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

export type ScopeAnswer =
  | { readonly inScope: true }
  /** `unknown`: a fact that decides is not known. */
  | { readonly inScope: false; readonly why: string; readonly unknown?: true };

/**
 * Whether something is in scope. Fails closed: where a fact that the scope asks for is not known — also for an exception —
 * the answer is no, with the reason. A filter that cannot be evaluated must never widen what is done.
 */
export function inScope(scope: Scope | undefined, facts: ScopeFacts): ScopeAnswer {
  if (scope === undefined) return { inScope: true };
  for (const [name, test] of Object.entries(tests)) {
    const wanted = scope[name as keyof typeof tests];
    if (wanted !== undefined) {
      const fits = test(wanted as never, facts);
      if (fits === undefined) return { inScope: false, why: `its ${words[name]} is not known`, unknown: true };
      if (!fits) return { inScope: false, why: `its ${words[name]} is not in scope` };
    }
    const excepted = scope.except?.[name as keyof NonNullable<Scope['except']>];
    if (excepted === undefined) continue;
    const fits = test(excepted as never, facts);
    if (fits === undefined) {
      return { inScope: false, why: `its ${words[name]} is not known, and some are excepted`, unknown: true };
    }
    if (fits) return { inScope: false, why: `its ${words[name]} is excepted` };
  }
  return { inScope: true };
}

const words: Readonly<Record<string, string>> = {
  controls: 'control',
  accounts: 'account',
  organizationalUnits: 'organizational unit',
  regions: 'region',
  severities: 'severity',
  tags: 'tags',
};

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

/** `EC2.*` takes in every control of the service. */
function fitsName(wanted: string, controlId: string): boolean {
  return wanted.endsWith('*') ? controlId.startsWith(wanted.slice(0, -1)) : wanted === controlId;
}

function isBelow(path: readonly string[], unit: readonly string[]): boolean {
  return unit.length <= path.length && unit.every((name, level) => path[level] === name);
}

function hasTag(tags: ScopeFacts['tags'], key: string, values: readonly string[]): boolean {
  const value = tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined;
  return value !== undefined && (values.length === 0 || values.includes(value));
}
