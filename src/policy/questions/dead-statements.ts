import type { Policy, Statement } from '../document/policy.js';
import { matchStatement } from '../evaluate/match-statement.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { and, not, or } from '../reason/formula.js';
import { solve, type Answer, type SolveOptions } from '../reason/solve.js';
import { statementFormula } from '../reason/statement-formula.js';
import { variablesIn } from '../document/policy-variables.js';

/** A statement that changes nothing, and why. */
export interface DeadStatement {
  readonly statement: Statement;
  readonly why: 'no request meets it' | 'others of its effect say all it says' | 'what it allows is always denied';
}

/**
 * The statements of a policy that could go without changing what the policy means, each on its own. A deny is judged
 * against the other denies only: it also stops what other policies allow.
 *
 * @returns the dead ones, and those on which the question stayed open.
 */
export function deadStatements(
  policy: Policy,
  options: SolveOptions = {},
): { dead: DeadStatement[]; undetermined: Statement[] } {
  const dead: DeadStatement[] = [];
  const undetermined: Statement[] = [];
  for (const statement of policy.statements) {
    const others = policy.statements.filter(
      (one) => one !== statement && !dead.some((known) => known.statement === one),
    );
    const same = others.filter(({ effect }) => effect === statement.effect);
    const denies = others.filter(({ effect }) => effect === 'Deny');
    const tests: [DeadStatement['why'], readonly Statement[]][] = [
      ['no request meets it', []],
      ['others of its effect say all it says', same],
      ...(statement.effect === 'Allow' ? ([['what it allows is always denied', denies]] as const) : []),
    ] as [DeadStatement['why'], readonly Statement[]][];
    const answers = tests.map(([why, without]) => ({ why, answer: meets(policy, statement, without, options) }));
    const found = answers.find(({ answer }) => answer.kind === 'no');
    if (found !== undefined) dead.push({ statement, why: found.why });
    else if (answers.some(({ answer }) => answer.kind === 'undetermined')) undetermined.push(statement);
  }
  return { dead, undetermined };
}

/** Is there a request that meets a statement and none of some others? */
function meets(policy: Policy, statement: Statement, none: readonly Statement[], options: SolveOptions): Answer {
  const applies = (one: Statement, request: AccessRequest): boolean => matchStatement(one, request).applies;
  return solve(
    {
      formula: (space, bindings) =>
        and([
          statementFormula(space, statement, { bindings }),
          not(or(none.map((one) => statementFormula(space, one, { bindings })))),
        ]),
      confirm: (request) => applies(statement, request) && !none.some((one) => applies(one, request)),
      variables: variablesIn([policy]),
    },
    options,
  );
}
