import { variablesIn } from '../document/policy-variables.js';
import type { Policy } from '../document/policy.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { policiesAllow } from '../evaluate/policy-allows.js';
import { and, not } from '../reason/formula.js';
import { solve, type SolveOptions } from '../reason/solve.js';
import { allowedFormula } from '../reason/statement-formula.js';
import { accessFormula, type Access } from './checks.js';

/** `yes` is a proof over all requests; a `no` comes with a request that is not allowed. */
export type AllowsAll =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly witness: AccessRequest }
  | { readonly kind: 'undetermined'; readonly reason: string };

/**
 * Whether policies, alone, allow **every** request of an access: each of its actions on each of its resources. The
 * counterpart of `checkAccessNotGranted`, which asks whether they allow any.
 */
export function allowsAll(policies: readonly Policy[], access: Access, options: SolveOptions = {}): AllowsAll {
  const escaping = solve(
    {
      formula: (space, bindings) =>
        and([accessFormula(space, access), not(allowedFormula(space, policies, { bindings }))]),
      confirm: (request) => !policiesAllow(policies, request),
      variables: variablesIn(policies),
    },
    options,
  );
  if (escaping.kind === 'undetermined') return escaping;
  return escaping.kind === 'no' ? { kind: 'yes' } : { kind: 'no', witness: escaping.witness };
}
