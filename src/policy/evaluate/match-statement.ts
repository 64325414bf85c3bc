import { substitute } from '../document/template.js';
import type { Statement } from '../document/policy.js';
import { variableValue, type AccessRequest } from './access-request.js';
import { matchCondition } from './match-condition.js';
import { matchPrincipal, type PrincipalMatch } from './match-principal.js';
import { foldCase, matchArn, matchGlob, patternOf } from './match-text.js';

/** Whether a statement applies to a request; if not, the first element that kept it away. */
export type StatementMatch =
  | { readonly applies: true; readonly principal: PrincipalMatch; readonly unspecified: boolean }
  | { readonly applies: false; readonly element: string };

/**
 * Judges one statement on a request. A condition whose outcome AWS does not specify counts against the request: an
 * allow does not apply, a deny does.
 */
export function matchStatement(statement: Statement, request: AccessRequest, hasBoundary = false): StatementMatch {
  const principal = matchPrincipal(statement.principal, request.principal, statement.effect, hasBoundary);
  if (principal === 'none')
    return { applies: false, element: statement.principal?.negated ? 'NotPrincipal' : 'Principal' };
  if (!matchesAction(statement, request.action)) {
    return { applies: false, element: statement.action.negated ? 'NotAction' : 'Action' };
  }
  if (!matchesResource(statement, request)) {
    return { applies: false, element: statement.resource?.negated ? 'NotResource' : 'Resource' };
  }
  let unspecified = false;
  for (const condition of statement.conditions) {
    const outcome = matchCondition(condition, request);
    if (outcome === 'fails' || (outcome === 'unspecified' && statement.effect === 'Allow')) {
      return { applies: false, element: `Condition.${condition.operatorName}.${condition.keyName}` };
    }
    if (outcome === 'unspecified') unspecified = true;
  }
  return { applies: true, principal, unspecified };
}

/** Whether the statement's actions include one. Names are compared without case. */
export function matchesAction({ action: element }: Statement, action: string): boolean {
  const wanted = foldCase(action);
  return element.patterns.some((pattern) => matchGlob(pattern, wanted)) !== element.negated;
}

/** A variable without a value makes its pattern match nothing, in Resource and NotResource alike. */
function matchesResource({ resource: element }: Statement, request: AccessRequest): boolean {
  if (element === undefined) return true;
  let some = false;
  for (const template of element.patterns) {
    const substituted = substitute(template, (key) => variableValue(request, key));
    if (substituted === undefined) {
      if (element.negated) return false;
    } else if (matchArn(patternOf(substituted), request.resource)) some = true;
  }
  return some !== element.negated;
}
