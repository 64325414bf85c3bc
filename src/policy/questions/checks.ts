import type { Policy, Statement } from '../document/policy.js';
import { foldCase } from '../evaluate/match-text.js';
import { applyingStatements, policiesAllow } from '../evaluate/policy-allows.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { matchStatement } from '../evaluate/match-statement.js';
import { arnGlob, glob } from '../pattern/token-pattern.js';
import { and, not, or, type Formula } from '../reason/formula.js';
import { solve, type SolveOptions } from '../reason/solve.js';
import { isOneOf, type Space } from '../reason/space.js';
import { ACTION, allowedFormula, effectFormula, RESOURCE, statementFormula } from '../reason/statement-formula.js';
import { plausible } from './plausible.js';
import { publicAccess } from './public-access.js';
import { variablesIn } from '../document/policy-variables.js';

/** The verdict of a check: with the statements that fail it and a request that shows it. */
export type CheckResult =
  | { readonly result: 'PASS' }
  | { readonly result: 'FAIL'; readonly witness: AccessRequest; readonly statements: readonly Statement[] }
  | { readonly result: 'UNDETERMINED'; readonly reason: string };

/**
 * Whether new policies grant nothing that the existing ones do not.
 *
 * Source: IAM user guide, "CheckNoNewAccess"; Backes et al., "Semantic-based automated reasoning for AWS access policies
 * using SMT" (FMCAD 2018), section III.
 */
export function checkNoNewAccess(
  existing: readonly Policy[],
  updated: readonly Policy[],
  options: SolveOptions = {},
): CheckResult {
  const answer = solve(
    {
      formula: (space, bindings) =>
        and([allowedFormula(space, updated, { bindings }), not(allowedFormula(space, existing, { bindings }))]),
      confirm: (request) => policiesAllow(updated, request) && !policiesAllow(existing, request),
      variables: variablesIn([...existing, ...updated]),
    },
    { preferred: plausible([]), ...options },
  );
  if (answer.kind === 'no') return { result: 'PASS' };
  if (answer.kind === 'undetermined') return { result: 'UNDETERMINED', reason: answer.reason };
  const statements = updated.flatMap((policy) => policy.statements.filter(({ effect }) => effect === 'Allow'));
  const grants = statements.filter((statement) => grantsNew(statement, existing, updated, options));
  const { witness } = answer;
  return {
    result: 'FAIL',
    witness,
    statements: grants.length > 0 ? grants : applyingStatements(updated, witness).allows,
  };
}

function grantsNew(
  statement: Statement,
  existing: readonly Policy[],
  updated: readonly Policy[],
  options: SolveOptions,
): boolean {
  const answer = solve(
    {
      formula: (space, bindings) =>
        and([
          statementFormula(space, statement, { bindings }),
          not(effectFormula(space, updated, 'Deny', { bindings })),
          not(allowedFormula(space, existing, { bindings })),
        ]),
      confirm: (request) =>
        matchStatement(statement, request).applies &&
        policiesAllow(updated, request) &&
        !policiesAllow(existing, request),
      variables: variablesIn([...existing, ...updated]),
    },
    { preferred: plausible([]), ...options },
  );
  return answer.kind === 'yes';
}

/** Actions and resources that must not be granted together; either list may be empty, meaning any. */
export interface Access {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Whether policies grant none of some accesses.
 *
 * Source: IAM user guide, "CheckAccessNotGranted".
 */
export function checkAccessNotGranted(
  policies: readonly Policy[],
  accesses: readonly Access[],
  options: SolveOptions = {},
): CheckResult {
  const answer = solve(
    {
      formula: (space, bindings) =>
        and([allowedFormula(space, policies, { bindings }), or(accesses.map((one) => accessFormula(space, one)))]),
      confirm: (request) => policiesAllow(policies, request),
      variables: variablesIn(policies),
    },
    { preferred: plausible([]), ...options },
  );
  return verdict(answer, policies);
}

/** Requests for an access. */
export function accessFormula(space: Space, { actions, resources }: Access): Formula {
  const actionPatterns = actions.map((text) => glob([{ kind: 'text', text: foldCase(text) }]));
  const resourcePatterns = resources.map((text) => arnGlob([{ kind: 'text', text }]));
  return and([
    ...(actions.length === 0 ? [] : [isOneOf(space, ACTION, actionPatterns, false)]),
    ...(resources.length === 0 ? [] : [isOneOf(space, RESOURCE, resourcePatterns, false)]),
  ]);
}

/** Whether policies grant nothing to the public. Source: IAM user guide, "CheckNoPublicAccess". */
export function checkNoPublicAccess(policies: readonly Policy[], options: SolveOptions = {}): CheckResult {
  return verdict(publicAccess(policies, { preferred: plausible([]), ...options }), policies);
}

function verdict(answer: ReturnType<typeof solve>, policies: readonly Policy[]): CheckResult {
  if (answer.kind === 'no') return { result: 'PASS' };
  if (answer.kind === 'undetermined') return { result: 'UNDETERMINED', reason: answer.reason };
  const { witness } = answer;
  return { result: 'FAIL', witness, statements: applyingStatements(policies, witness).allows };
}
