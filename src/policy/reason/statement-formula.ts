import type { Element, Policy, Statement } from '../document/policy.js';
import type { PrincipalPattern } from '../document/principal-pattern.js';
import { templateKeys, templateText } from '../document/template.js';
import type { PrincipalMatch } from '../evaluate/match-principal.js';
import { characterSets } from '../pattern/character-set.js';
import { arnGlob, glob, literal, many, type TokenPattern } from '../pattern/token-pattern.js';
import { bind, conditionFormula, widened, type Bindings } from './condition-formula.js';
import { always, and, never, not, or, type Formula } from './formula.js';
import {
  accountPattern,
  exactSession,
  identityPattern,
  PRINCIPAL,
  rootPattern,
  sessionPatterns,
} from './principal-dimension.js';
import { isOneOf, type Space } from './space.js';

export const ACTION = 'action';
export const RESOURCE = 'resource';

/** What a statement's formula takes as given. */
export interface StatementOptions {
  readonly bindings?: Bindings;
  /** Only the principals met in one of these ways; all when not given. */
  readonly via?: readonly PrincipalMatch[];
  /** Whether the principals in question have a permissions boundary: a Deny with NotPrincipal then spares nobody. */
  readonly hasBoundary?: boolean;
}

const NO_BINDINGS: Bindings = new Map();

/** All requests that a statement applies to. */
export function statementFormula(space: Space, statement: Statement, options: StatementOptions = {}): Formula {
  const bindings = options.bindings ?? NO_BINDINGS;
  return and([
    principalFormula(space, statement, options),
    actionFormula(space, statement.action),
    resourceFormula(space, statement, bindings),
    ...statement.conditions.map((condition) => conditionFormula(space, condition, bindings)),
  ]);
}

/** All requests that some statement of an effect applies to. */
export function effectFormula(
  space: Space,
  policies: readonly Policy[],
  effect: 'Allow' | 'Deny',
  options: StatementOptions = {},
): Formula {
  const statements = policies.flatMap((policy) => policy.statements.filter((one) => one.effect === effect));
  return or(statements.map((statement) => statementFormula(space, statement, options)));
}

/** All requests that a policy, alone, lets through: some allow and no deny applies. */
export function allowedFormula(space: Space, policies: readonly Policy[], options: StatementOptions = {}): Formula {
  const { via: _, ...whoever } = options;
  return and([effectFormula(space, policies, 'Allow', options), not(effectFormula(space, policies, 'Deny', whoever))]);
}

/** The actions an element names. */
export function actionFormula(space: Space, element: Element<string>): Formula {
  const predicates = element.patterns.map((text) => ({
    kind: 'text' as const,
    pattern: glob([{ kind: 'text', text }]),
  }));
  return space.test(ACTION, { kind: 'text', optional: false }, predicates, { negated: element.negated });
}

function resourceFormula(space: Space, { resource: element }: Statement, bindings: Bindings): Formula {
  if (element === undefined) return always;
  const templates = element.patterns.map((template) => bind(template, bindings));
  if (element.negated && templates.includes(undefined)) return never;
  const known = templates.filter((template) => template !== undefined);
  const exact = known.filter((template) => templateKeys(template).length === 0).map((template) => arnGlob(template));
  const open = known.filter((template) => templateKeys(template).length > 0);
  const test = (patterns: readonly TokenPattern[]): Formula => {
    const inside = isOneOf(space, RESOURCE, patterns, false);
    return element.negated ? not(inside) : inside;
  };
  if (open.length === 0) return test(exact);
  const reason = `\`${templateText(open[0] ?? [])}\` depends on the request`;
  const wide = test([...exact, ...open.map((template) => arnGlob(widened(template)))]);
  const narrow = element.negated ? never : test(exact);
  return { kind: 'between', lower: narrow, upper: element.negated ? test(exact) : wide, reason };
}

function principalFormula(space: Space, statement: Statement, { via, hasBoundary }: StatementOptions): Formula {
  const element = statement.principal;
  if (element === undefined) return always;
  if (element.negated) {
    if (via !== undefined && !via.includes('direct')) return never;
    if (statement.effect === 'Allow')
      return not(isOneOf(space, PRINCIPAL, element.patterns.flatMap(patternsOf), false));
    return hasBoundary === true ? always : not(isOneOf(space, PRINCIPAL, sparedBy(element.patterns), false));
  }
  const patterns = element.patterns.filter((pattern) => via === undefined || via.includes(matchOf(pattern)));
  if (patterns.some(({ kind }) => kind === 'everyone')) return always;
  return isOneOf(space, PRINCIPAL, patterns.flatMap(patternsOf), false);
}

/** The principals an entry of a Principal element names. */
export function patternsOf(pattern: PrincipalPattern): TokenPattern[] {
  switch (pattern.kind) {
    case 'everyone':
      return [[many(characterSets.any)]];
    case 'account':
      return [accountPattern(pattern.accountId)];
    case 'identity':
      return [identityPattern(pattern.arn)];
    case 'session':
      return sessionPatterns(pattern.accountId, pattern.roleName, pattern.sessionName);
    case 'uniqueId':
      return [];
    case 'service':
      return [literal(`Service:${pattern.name}`)];
    case 'federated':
      return [literal(`Federated:${pattern.provider}`)];
    case 'canonicalUser':
      return [literal(`CanonicalUser:${pattern.id}`)];
  }
}

/** How an entry meets the principals it names: as `matchPrincipal` says of one. */
function matchOf(pattern: PrincipalPattern): PrincipalMatch {
  if (pattern.kind === 'account') return 'account';
  return pattern.kind === 'identity' && pattern.arn.includes(':role/') ? 'role' : 'direct';
}

/** The principals a Deny with NotPrincipal spares: those whose whole chain it lists. */
function sparedBy(patterns: readonly PrincipalPattern[]): TokenPattern[] {
  if (patterns.some(({ kind }) => kind === 'everyone')) return patternsOf({ kind: 'everyone' });
  const accounts = new Set(patterns.flatMap((pattern) => (pattern.kind === 'account' ? [pattern.accountId] : [])));
  const roles = patterns.flatMap((pattern) => (pattern.kind === 'identity' ? [pattern.arn] : []));
  const spared: TokenPattern[] = [...accounts].map(rootPattern);
  for (const pattern of patterns) {
    if (pattern.kind === 'identity') {
      const isListed = accounts.has(pattern.arn.split(':')[4] ?? '');
      if (isListed && !pattern.arn.includes(':role/')) spared.push(identityPattern(pattern.arn));
    } else if (pattern.kind === 'session') {
      if (!accounts.has(pattern.accountId)) continue;
      for (const role of roles) {
        const session = exactSession(role, pattern.arn);
        if (session !== undefined) spared.push(session);
      }
    } else if (pattern.kind !== 'account') spared.push(...patternsOf(pattern));
  }
  return spared;
}
