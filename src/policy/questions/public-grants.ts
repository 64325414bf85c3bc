import { policiesAllow } from '../evaluate/policy-allows.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { matchStatement } from '../evaluate/match-statement.js';
import type { Policy, Statement } from '../document/policy.js';
import { variablesIn } from '../document/policy-variables.js';
import { literal } from '../pattern/token-pattern.js';
import type { Bindings } from '../reason/condition-formula.js';
import { and, not, or, type Formula } from '../reason/formula.js';
import { PRINCIPAL, services } from '../reason/principal-dimension.js';
import { solve, type Answer, type SolveOptions } from '../reason/solve.js';
import { isOneOf, type Space } from '../reason/space.js';
import { allowedFormula, statementFormula } from '../reason/statement-formula.js';
import type { Preferred } from '../reason/witness.js';
import { accessFormula } from './checks.js';
import { plausible } from './plausible.js';
import { isPublicRequest, noFixedValue } from './public-access.js';
import { trustedKeys } from './trusted-keys.js';

/** What is asked about: these actions but not those, on these resources. An empty list of actions means all. */
export interface AskedAccess {
  readonly actions: readonly string[];
  readonly exceptActions?: readonly string[];
  readonly resources: readonly string[];
  /** Keys, in lower case, whose values keep nobody out of this service, although others trust them. */
  readonly untrusted?: readonly string[];
  /** Look for no more statements than these, once one is found; all when not given. */
  readonly most?: number;
}

/** A statement by which strangers get in, and a request that shows it. */
export interface PublicGrant {
  readonly statement: Statement;
  readonly witness: AccessRequest;
}

/** Everything by which strangers get in; or that a part of the question stayed open. */
export interface PublicGrants {
  readonly grants: readonly PublicGrant[];
  /** Set when it could not be decided whether there is more. */
  readonly undetermined?: string;
}

/**
 * The statements of a policy that give the public an access: each with a request by somebody the policy does not know,
 * in which no trusted key has a value that the policy fixes, and which no Deny of the policy stops. A statement for
 * everyone lets AWS services in too, on behalf of anyone: that counts, but a statement that names a service does not.
 *
 * Cost: nothing for a policy that names all its principals; else one search, and one more for each further wide
 * statement when there is such a request.
 *
 * Source: S3 user guide, "The meaning of public"; AWS Config developer guide, "s3-bucket-public-read-prohibited".
 */
export function publicGrants(policy: Policy, asked: AskedAccess, options: SolveOptions = {}): PublicGrants {
  const keys = new Set([...trustedKeys].filter((key) => asked.untrusted?.includes(key) !== true));
  return grantsOf(policy, asked, options, {
    canBe: isWide,
    caller: (space) =>
      or([
        isPublicRequest(space, [policy], keys),
        and([isOneOf(space, PRINCIPAL, [services], false), noFixedValue(space, keys)]),
      ]),
  });
}

/** Keys that say for whom a service acts. A bucket's ARN does not: its name can be taken over by another account. */
const SOURCE_KEYS: ReadonlySet<string> = new Set(['aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths']);

/**
 * The statements that name a service and let it in on anybody's behalf: none of `aws:SourceAccount`, `aws:SourceOrgID` and
 * `aws:SourceOrgPaths` has a value that the policy fixes.
 *
 * Source: AWS Config developer guide, "lambda-function-public-access-prohibited".
 */
export function unboundService(
  policy: Policy,
  service: string,
  asked: AskedAccess,
  options: SolveOptions = {},
): PublicGrants {
  return grantsOf(policy, asked, options, {
    canBe: (statement) => namesService(statement, service),
    caller: (space) =>
      and([isOneOf(space, PRINCIPAL, [literal(`Service:${service}`)], false), noFixedValue(space, SOURCE_KEYS)]),
  });
}

interface Caller {
  /** Whether a statement could let the caller in at all, by its Principal element. */
  readonly canBe: (statement: Statement) => boolean;
  readonly caller: (space: Space) => Formula;
}

function grantsOf(policy: Policy, asked: AskedAccess, options: SolveOptions, { canBe, caller }: Caller): PublicGrants {
  const allows = policy.statements.filter((statement) => statement.effect === 'Allow' && canBe(statement));
  if (allows.length === 0) return { grants: [] };
  const ask = (statements: readonly Statement[]): Answer =>
    solve(
      {
        formula: (space: Space, bindings: Bindings) =>
          and([
            or(statements.map((statement) => statementFormula(space, statement, { bindings }))),
            allowedFormula(space, [policy], { bindings }),
            askedFormula(space, asked),
            caller(space),
          ]),
        confirm: (request) =>
          statements.some((statement) => matchStatement(statement, request).applies) &&
          policiesAllow([policy], request),
        variables: variablesIn([policy]),
      },
      { preferred: preferredFor(asked.resources), ...options },
    );
  const whole = ask(allows);
  if (whole.kind === 'no') return { grants: [] };
  let open = whole.kind === 'undetermined' ? whole.reason : undefined;
  const first =
    whole.kind === 'yes' ? allows.find((statement) => matchStatement(statement, whole.witness).applies) : undefined;
  const grants: PublicGrant[] =
    whole.kind === 'yes' && first !== undefined ? [{ statement: first, witness: whole.witness }] : [];
  const others = allows.filter((statement) => statement !== first);
  for (const statement of others.slice(0, asked.most === undefined ? others.length : asked.most - 1)) {
    const answer = ask([statement]);
    if (answer.kind === 'yes') grants.push({ statement, witness: answer.witness });
    else if (answer.kind === 'undetermined') open = answer.reason;
  }
  grants.sort((one, other) => one.statement.index - other.statement.index);
  return { grants, ...(open === undefined ? {} : { undetermined: open }) };
}

/** Strangers before services, where either would do. */
function preferredFor(resources: readonly string[]): Preferred {
  const known = plausible(resources);
  return new Map([...known, [PRINCIPAL, [...(known.get(PRINCIPAL) ?? []), 'Service:s3.amazonaws.com']]]);
}

/** Whether a statement can name somebody whom it does not know. */
function isWide({ principal }: Statement): boolean {
  return principal === undefined || principal.negated || principal.patterns.some(({ kind }) => kind === 'everyone');
}

function namesService({ principal }: Statement, service: string): boolean {
  const isNamed = principal?.patterns.some((pattern) => pattern.kind === 'service' && pattern.name === service);
  return isNamed === true && principal?.negated === false;
}

function askedFormula(space: Space, { actions, exceptActions = [], resources }: AskedAccess): Formula {
  const wanted = accessFormula(space, { actions, resources });
  return exceptActions.length === 0
    ? wanted
    : and([wanted, not(accessFormula(space, { actions: exceptActions, resources: [] }))]);
}
