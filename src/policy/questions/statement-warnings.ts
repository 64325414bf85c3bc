import { isManyValued } from '../document/many-valued-keys.js';
import type { Statement } from '../document/policy.js';
import { templateText } from '../document/template.js';
import { foldCase, matchGlob } from '../evaluate/match-text.js';
import type { PolicyFinding } from './validate-policy.js';

type Raw = Readonly<Record<string, unknown>>;

/** Keys by which a statement says for whom a service may act. */
const SOURCE_KEYS: ReadonlySet<string> = new Set([
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
]);

/** Keys that keep iam:PassRole within bounds. */
const PASS_ROLE_KEYS: ReadonlySet<string> = new Set(['iam:passedtoservice', 'iam:associatedresourcearn']);

/** Action patterns with wildcards that all others of a statement are compared with. */
const WIDE_MAX = 200;

/** What there is to say of one statement by itself, from its meaning and from how it is written. */
export function statementWarnings(statement: Statement, raw: Raw): PolicyFinding[] {
  const at = `$.Statement[${statement.index}]`;
  return [
    ...notPrincipal(statement, at),
    ...fullAccess(statement, at),
    ...passRole(statement, at),
    ...createServiceLinkedRole(statement, at),
    ...servicePrincipal(statement, at),
    ...forAllValues(statement, at),
    ...sid(raw, at),
    ...empty(raw, at),
    ...redundantActions(statement, at),
  ];
}

/** Whether an element of a statement is an empty list. */
export function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function notPrincipal({ effect, principal }: Statement, at: string): PolicyFinding[] {
  if (effect !== 'Allow' || principal?.negated !== true) return [];
  const details =
    'Using Allow with NotPrincipal can be overly permissive: it lets in everyone else. Use Principal instead.';
  return [{ type: 'SECURITY_WARNING', code: 'ALLOW_WITH_NOT_PRINCIPAL', details, path: `${at}.NotPrincipal` }];
}

/** Whether an Allow of an identity policy speaks of every resource. */
function isOnEverything({ policy, effect, resource }: Statement): boolean {
  const texts = (resource?.patterns ?? []).map(templateText);
  return policy.kind === 'identity' && effect === 'Allow' && resource?.negated === false && texts.includes('*');
}

/** How a statement's actions name one: by its own name, by a wildcard or an exclusion, or not at all. */
function naming({ action }: Statement, name: string): 'name' | 'wildcard' | undefined {
  const folded = foldCase(name);
  if (action.negated) return action.patterns.some((pattern) => matchGlob(pattern, folded)) ? undefined : 'wildcard';
  if (action.patterns.includes(folded)) return 'name';
  return action.patterns.some((pattern) => matchGlob(pattern, folded)) ? 'wildcard' : undefined;
}

function fullAccess(statement: Statement, at: string): PolicyFinding[] {
  const everyAction = !statement.action.negated && statement.action.patterns.some((one) => /^(?:\*|\*:\*)$/.test(one));
  if (!everyAction || !isOnEverything(statement) || statement.conditions.length > 0) return [];
  const details =
    'The statement allows every action on every resource: name the actions and resources that are needed.';
  return [{ type: 'SECURITY_WARNING', code: 'STAR_IN_ACTION_AND_RESOURCE', details, path: `${at}.Action` }];
}

function passRole(statement: Statement, at: string): PolicyFinding[] {
  const { policy, effect, resource, conditions } = statement;
  if (policy.kind !== 'identity' || effect !== 'Allow' || conditions.some(({ key }) => PASS_ROLE_KEYS.has(key))) {
    return [];
  }
  const named = naming(statement, 'iam:PassRole');
  const anyRole = (resource?.patterns ?? []).map(templateText).some((one) => one === '*' || one.endsWith(':role/*'));
  if (named === undefined || !(resource?.negated === true || anyRole)) return [];
  const where = resource?.negated === true ? 'NOT_RESOURCE' : 'RESOURCE';
  const star = resource?.negated === true ? '' : 'STAR_IN_';
  const code = named === 'name' ? `PASS_ROLE_WITH_${star}${where}` : `PASS_ROLE_WITH_STAR_IN_ACTION_AND_${where}`;
  const details =
    'The statement allows iam:PassRole on more than named roles, so whoever has it can give any of them to a service. ' +
    'Name the roles, or add the condition key iam:PassedToService.';
  const path = `${at}.${resource?.negated === true ? 'NotResource' : 'Resource'}`;
  return [{ type: 'SECURITY_WARNING', code, details, path }];
}

function createServiceLinkedRole(statement: Statement, at: string): PolicyFinding[] {
  const named = naming(statement, 'iam:CreateServiceLinkedRole');
  const isBound = statement.conditions.some(({ key }) => key === 'iam:awsservicename');
  if (named === undefined || isBound || !isOnEverything(statement)) return [];
  const code = named === 'name' ? 'CREATE_SLR_WITH_STAR_IN_RESOURCE' : 'CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE';
  const details =
    'The statement allows the roles of every service to be made: add the condition key iam:AWSServiceName.';
  return [{ type: 'WARNING', code, details, path: `${at}.Resource` }];
}

/** A service that anybody can make act, unless the statement says for whom. Trust policies name services as they must. */
function servicePrincipal({ policy, effect, principal, conditions }: Statement, at: string): PolicyFinding[] {
  const named = principal?.negated === false && principal.patterns.some(({ kind }) => kind === 'service');
  const isSourced = conditions.some(({ key }) => SOURCE_KEYS.has(key));
  if (effect !== 'Allow' || policy.kind === 'trust' || !named || isSourced) return [];
  const details =
    'Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn, ' +
    'aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths.';
  const path = `${at}.Principal.Service`;
  return [{ type: 'SECURITY_WARNING', code: 'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL', details, path }];
}

/** ForAllValues holds of an absent key: on a key with one value it is most often a hole. */
function forAllValues({ effect, conditions }: Statement, at: string): PolicyFinding[] {
  return conditions.flatMap(({ quantifier, key, keyName, operatorName }) => {
    if (effect !== 'Allow' || quantifier !== 'ForAllValues' || isManyValued(key, true)) return [];
    const details = `ForAllValues on \`${keyName}\`, which has one value, also holds when the key is absent: leave it out.`;
    const path = `${at}.Condition.${operatorName}.${keyName}`;
    return [{ type: 'SECURITY_WARNING', code: 'FORALLVALUES_WITH_SINGLE_VALUED_KEY', details, path }];
  });
}

function sid({ Sid }: Raw, at: string): PolicyFinding[] {
  if (Sid === '') {
    const details = 'Add a value to the empty string in the Sid element.';
    return [{ type: 'SUGGESTION', code: 'EMPTY_SID_VALUE', details, path: `${at}.Sid` }];
  }
  return [];
}

/** Empty lists and objects; what is empty inside Principal or Condition is told of the element it is in. */
function empty(raw: Raw, at: string, within?: string): PolicyFinding[] {
  return Object.entries(raw).flatMap(([name, value]): PolicyFinding[] => {
    const element = within ?? name;
    const path = `${at}.${name}`;
    const code = element.replace(/^Not/, '').toUpperCase();
    if (isEmptyArray(value)) {
      const details = `The element ${element} has an empty list: the statement does not do what it seems to.`;
      return [{ type: 'SUGGESTION', code: `EMPTY_ARRAY_${code}`, details, path }];
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    if (Object.keys(value).length > 0) return empty(value as Raw, path, element);
    const details = `The element ${element} has an empty object, which does not affect the policy.`;
    return [{ type: 'SUGGESTION', code: `EMPTY_OBJECT_${code}`, details, path }];
  });
}

function redundantActions({ action, ...statement }: Statement, at: string): PolicyFinding[] {
  const { patterns, written, negated } = action;
  // A question mark would meet another's star, which may stand for more than one character.
  const wide = [...new Set(patterns.filter((one) => one.includes('*') && !one.includes('?')))].slice(0, WIDE_MAX);
  const seen = new Set<string>();
  const redundant = written.filter((_, index) => {
    const one = patterns[index] ?? '';
    const isAgain = seen.has(one);
    seen.add(one);
    return isAgain || wide.some((other) => other !== one && matchGlob(other, one));
  });
  if (redundant.length === 0 || statement.policy.kind === 'trust') return [];
  const details = `${redundant.length} of the actions are included in others, such as \`${redundant[0]}\`: they can go.`;
  const path = `${at}.${negated ? 'NotAction' : 'Action'}`;
  return [{ type: 'SUGGESTION', code: 'REDUNDANT_ACTION', details, path }];
}
