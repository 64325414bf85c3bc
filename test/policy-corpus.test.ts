import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../src/policy/document/parse-policy.js';
import type { PolicyKind } from '../src/policy/document/policy-kinds.js';
import { statementName, type Policy } from '../src/policy/document/policy.js';
import type { AccessPath } from '../src/policy/evaluate/access-path.js';
import { accessRequest, type AccessRequest } from '../src/policy/evaluate/access-request.js';
import { decide } from '../src/policy/evaluate/decide.js';
import { matchCondition } from '../src/policy/evaluate/match-condition.js';
import { principalOf, type Principal } from '../src/policy/evaluate/principal.js';
import { literal } from '../src/policy/pattern/token-pattern.js';
import { and, type Formula } from '../src/policy/reason/formula.js';
import { formulaAlgebra } from '../src/policy/reason/formula-algebra.js';
import { conditionFormula } from '../src/policy/reason/condition-formula.js';
import { pathTerm } from '../src/policy/reason/path-formula.js';
import { PRINCIPAL, principalText } from '../src/policy/reason/principal-dimension.js';
import { solve } from '../src/policy/reason/solve.js';
import { isOneOf, type Space } from '../src/policy/reason/space.js';
import { ACTION, RESOURCE } from '../src/policy/reason/statement-formula.js';
import { bindingFormula } from '../src/policy/reason/solve.js';

function casesOf<Case>(name: string): Case[] {
  const cases = JSON.parse(readFileSync(join('test', 'corpora', 'policy', `${name}.json`), 'utf8')) as Case[];
  for (const one of cases) {
    const { name: title, given, expect: wanted, ...unknown } = one as Record<string, unknown>;
    if (typeof title !== 'string' || given === undefined || wanted === undefined || Object.keys(unknown).length > 0) {
      throw new Error(
        `a case needs a name, what is given and what is expected, and nothing else: ${JSON.stringify(one)}`,
      );
    }
  }
  return cases;
}

function read(document: object, kind: PolicyKind, name: string): Policy {
  const parsed = parsePolicy(JSON.stringify(document), kind, name);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

interface OperatorCase {
  readonly name: string;
  readonly given: {
    readonly operator: string;
    readonly key: string;
    readonly values: string[];
    readonly request: string[];
  };
  readonly expect: 'holds' | 'fails' | 'unspecified';
}

const USER: Principal = { kind: 'user', arn: 'arn:aws:iam::111122223333:user/ann', accountId: '111122223333' };

describe.each([
  'operators-string',
  'operators-ordered',
  'operators-ip',
  'operators-arn-bool-binary-null',
  'quantifiers',
  'quantified-and-if-exists',
])('conditions: %s', (file) => {
  it.each(casesOf<OperatorCase>(file))('$name', ({ given, expect: expected }) => {
    const Condition = { [given.operator]: { [given.key]: given.values } };
    const policy = read(
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition } },
      'identity',
      'case',
    );
    const [condition] = policy.statements[0]?.conditions ?? [];
    if (condition === undefined) throw new Error('the case has no condition');
    const request = accessRequest({
      principal: USER,
      action: 's3:a',
      resource: '*',
      context: { [given.key]: given.request },
    });
    expect(matchCondition(condition, request)).toBe(expected);
    // The second engine, over all requests: is there one with just these values?
    const [value] = given.request;
    if (given.request.length > 1 || /nonsense|ten/.test(value ?? '')) return;
    const formula = (space: Space): Formula =>
      and([conditionFormula(space, condition, new Map()), valueFormula(space, given.key, value, given.operator)]);
    const answer = solve({ formula, confirm: () => true }, { withoutAxioms: true });
    expect(answer.kind === 'no' ? 'fails' : 'holds').toBe(expected);
  });
});

/** A key has exactly one value, compared as the operator compares. */
function valueFormula(space: Space, key: string, value: string | undefined, operator: string): Formula {
  if (value === undefined) return bindingFormula(space, key.toLowerCase(), null);
  const family = /^(?:Numeric|Date)/i.exec(operator)?.[0] ?? (/ip/i.test(operator) ? 'Ip' : 'String');
  const name = family === 'Ip' ? 'IpAddress' : `${family}Equals`;
  const document = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: { [name]: { [key]: value } } },
  };
  const many = key === 'aws:TagKeys';
  const [condition] = read(document, 'identity', 'value').statements[0]?.conditions ?? [];
  if (condition === undefined) throw new Error('there is no value');
  if (!many) return conditionFormula(space, condition, new Map());
  const pattern = literal(value);
  return and([
    space.elements(key.toLowerCase(), [{ kind: 'text', pattern }], { quantifier: 'some' }),
    space.elements(key.toLowerCase(), [{ kind: 'text', pattern }], { quantifier: 'every' }),
  ]);
}

interface DecisionCase {
  readonly name: string;
  readonly given: {
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly resourceAccount: string;
    readonly context?: Record<string, string | string[]>;
    readonly identity?: object[];
    readonly boundary?: object;
    readonly session?: object[];
    readonly scp?: object[][];
    readonly rcp?: object[][];
    readonly resourcePolicy?: object;
    readonly resourceKind?: 'trust' | 'key';
    readonly endpoints?: Record<string, object>;
    readonly restrictedToOwner?: boolean;
  };
  readonly expect: { readonly decision: string; readonly decidedBy?: string[]; readonly missing?: string[] };
}

describe.each(['decisions', 'traps'])('%s', (file) => {
  it.each(casesOf<DecisionCase>(file))('$name', ({ given, expect: expected }) => {
    const principal = principalNamed(given.principal);
    const request = accessRequest({
      principal,
      action: given.action,
      resource: given.resource,
      ...(given.context === undefined ? {} : { context: given.context }),
    });
    const path = pathOf(given, principal);
    const decision = decide(request, path);
    expect(decision.outcome).toBe(expected.decision);
    if (expected.decidedBy !== undefined) expect(decision.decidedBy.map(statementName)).toEqual(expected.decidedBy);
    if (expected.missing !== undefined) expect([...new Set(decision.missing)]).toEqual(expected.missing);
    if (Object.values(given.context ?? {}).some(Array.isArray)) return;
    expect(isInFormula(request, path)).toBe(expected.decision === 'allow');
  });
});

/** A key has the value of the request, compared as the policies compare it: as a number, an address or a text. */
function heldFormula(space: Space, key: string, value: string | undefined): Formula {
  const kind = space.dimensions.get(key)?.kind;
  if (value === undefined || kind === 'text') return bindingFormula(space, key, value ?? null);
  return valueFormula(space, key, value, kind === 'address' ? 'Ip' : key.endsWith('time') ? 'Date' : 'Numeric');
}

/** The second engine: whether the very request lies in the formula of everything the path lets through. */
function isInFormula(request: AccessRequest, path: AccessPath): boolean {
  const bindings = new Map<string, string | null>([...request.context].map(([key, [value]]) => [key, value ?? null]));
  for (const key of ['aws:username', 'aws:principaltag/team']) {
    if (!bindings.has(key))
      bindings.set(key, key === 'aws:username' && request.principal.kind === 'user' ? 'ann' : null);
  }
  const formula = (space: Space): Formula => {
    const allowed = pathTerm(
      formulaAlgebra(space, { bindings, hasBoundary: path.identity?.boundary !== undefined }),
      path,
    );
    const at = (dimension: string, text: string): Formula => isOneOf(space, dimension, [literal(text)], false);
    const keys = [...space.dimensions.keys()].filter((key) => ![PRINCIPAL, ACTION, RESOURCE].includes(key));
    return and([
      allowed,
      at(PRINCIPAL, principalText(request.principal)),
      at(ACTION, request.action.toLowerCase()),
      at(RESOURCE, request.resource),
      ...keys.map((key) => heldFormula(space, key, request.context.get(key)?.[0])),
    ]);
  };
  return solve({ formula, confirm: () => true }, { withoutAxioms: true }).kind !== 'no';
}

function principalNamed(text: string): Principal {
  const [kind, name = ''] = text.split(/:(.*)/s);
  if (text === 'anonymous') return { kind: 'anonymous' };
  if (kind === 'service') return { kind: 'service', name };
  if (kind === 'canonical') return { kind: 'canonicalUser', id: name };
  if (kind === 'federated') return { kind: 'federated', provider: name };
  const found = principalOf(text);
  if (found === undefined) throw new Error(`${text} is no principal`);
  return found;
}

function pathOf(given: DecisionCase['given'], principal: Principal): AccessPath {
  const levels = (kind: 'scp' | 'rcp', all: object[][] = []): Policy[][] =>
    all.map((level, at) => level.map((document, index) => read(document, kind, `${kind}/${at}/${index}`)));
  const list = (kind: 'identity' | 'session', all: object[] = []): Policy[] =>
    all.map((document, index) => read(document, kind, `${kind}/${index}`));
  const { resourcePolicy, resourceKind = 'resource', endpoints = {} } = given;
  const identity =
    'accountId' in principal
      ? {
          accountId: principal.accountId,
          isRoot: principal.kind === 'root',
          policies: list('identity', given.identity),
          ...(given.boundary === undefined ? {} : { boundary: read(given.boundary, 'boundary', 'boundary') }),
          session: list('session', given.session),
          controlLevels: levels('scp', given.scp),
        }
      : undefined;
  return {
    ...(identity === undefined ? {} : { identity }),
    resource: {
      accountId: given.resourceAccount,
      policies: resourcePolicy === undefined ? [] : [read(resourcePolicy, resourceKind, 'resource')],
      policyRequired: resourceKind !== 'resource',
      controlLevels: levels('rcp', given.rcp),
      restrictedToOwner: given.restrictedToOwner ?? false,
    },
    endpoints: new Map(Object.entries(endpoints).map(([id, document]) => [id, read(document, 'vpcEndpoint', id)])),
  };
}

interface DocumentCase {
  readonly name: string;
  readonly given: { readonly kind: PolicyKind; readonly document: string };
  readonly expect: { readonly path: string; readonly message: string };
}

describe('documents that are refused', () => {
  it.each(casesOf<DocumentCase>('documents'))('$name', ({ given, expect: expected }) => {
    const parsed = parsePolicy(given.document, given.kind, 'case');
    if (parsed.ok) throw new Error('the document was read');
    const found = parsed.problems.find(({ path }) => path === expected.path);
    expect(found?.message, JSON.stringify(parsed.problems)).toContain(expected.message);
    expect(found?.position?.line).toBeGreaterThanOrEqual(1);
  });
});
