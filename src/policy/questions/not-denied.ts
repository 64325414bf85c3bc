import type { Policy } from '../document/policy.js';
import { variablesIn } from '../document/policy-variables.js';
import { keyValues } from '../evaluate/access-request.js';
import { applyingStatements } from '../evaluate/policy-allows.js';
import { and, not } from '../reason/formula.js';
import { bindingFormula, solve, type Answer, type SolveOptions } from '../reason/solve.js';
import { effectFormula } from '../reason/statement-formula.js';
import { accessFormula, type Access } from './checks.js';
import { plausible } from './plausible.js';

/**
 * Whether a policy leaves some request undenied, whoever makes it: one for the access, with the key at the value. "No"
 * is a proof that the policy denies all of them, whatever other policies allow.
 *
 * @param key the context key, in lower case.
 */
export function notDenied(
  policy: Policy,
  access: Access,
  { key, value }: { readonly key: string; readonly value: string },
  options: SolveOptions = {},
): Answer {
  return solve(
    {
      formula: (space, bindings) =>
        and([
          not(effectFormula(space, [policy], 'Deny', { bindings })),
          accessFormula(space, access),
          bindingFormula(space, key, value),
        ]),
      confirm: (request) =>
        applyingStatements([policy], request).denies.length === 0 && keyValues(request, key).includes(value),
      variables: variablesIn([policy]),
    },
    { preferred: plausible(access.resources), ...options },
  );
}
