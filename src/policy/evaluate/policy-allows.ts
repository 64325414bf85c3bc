import type { Policy, Statement } from '../document/policy.js';
import type { AccessRequest } from './access-request.js';
import { matchStatement } from './match-statement.js';

/** What some policies, alone, say of a request: the statements of each effect that apply. */
export function applyingStatements(
  policies: readonly Policy[],
  request: AccessRequest,
): { allows: Statement[]; denies: Statement[] } {
  const allows: Statement[] = [];
  const denies: Statement[] = [];
  for (const { statements } of policies) {
    for (const statement of statements) {
      if (!matchStatement(statement, request).applies) continue;
      (statement.effect === 'Deny' ? denies : allows).push(statement);
    }
  }
  return { allows, denies };
}

/** Whether some policies, alone, let a request through: some allow and no deny applies. */
export function policiesAllow(policies: readonly Policy[], request: AccessRequest): boolean {
  const { allows, denies } = applyingStatements(policies, request);
  return allows.length > 0 && denies.length === 0;
}
