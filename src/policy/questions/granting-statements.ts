import type { Statement } from '../document/policy.js';
import type { Principal } from '../evaluate/principal.js';
import { principalBindings } from '../reason/access-matrix.js';
import type { GatheredIdentity } from '../gather/identity-side.js';
import { literal } from '../pattern/token-pattern.js';
import { and } from '../reason/formula.js';
import { formulaAlgebra } from '../reason/formula-algebra.js';
import { identityTerms } from '../reason/path-formula.js';
import { PRINCIPAL, principalText } from '../reason/principal-dimension.js';
import { solve } from '../reason/solve.js';
import { isOneOf } from '../reason/space.js';
import { statementFormula } from '../reason/statement-formula.js';

/** Whether an allow of a principal's own policies lets anything through, past its limits and every deny on its side. */
export function takesEffect(
  identity: Pick<GatheredIdentity, 'side' | 'facts'>,
  principal: Principal,
  statement: Statement,
): boolean {
  const bindings = principalBindings(principal, identity.facts);
  const answer = solve({
    formula: (space, given) => {
      const options = { bindings: new Map([...bindings, ...given]) };
      const terms = identityTerms(formulaAlgebra(space, options), identity.side);
      return and([
        statementFormula(space, statement, options),
        terms.limits,
        terms.unhindered,
        isOneOf(space, PRINCIPAL, [literal(principalText(principal))], false),
      ]);
    },
    confirm: () => true,
  });
  return answer.kind !== 'no';
}
