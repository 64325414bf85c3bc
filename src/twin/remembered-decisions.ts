import type { Fork } from '../estate/fork.js';
import type { Condition } from '../policy/document/condition.js';
import type { Statement } from '../policy/document/policy.js';
import type { Template } from '../policy/document/template.js';
import type { AccessPath } from '../policy/evaluate/access-path.js';
import type { AccessRequest } from '../policy/evaluate/access-request.js';
import { matchesAction } from '../policy/evaluate/match-statement.js';
import { principalKey } from '../policy/evaluate/principal.js';
import type { AuthorizationDecision, AuthorizationRequest } from './authorizer.js';
import type { Caller } from './caller.js';

/** Of one caller; what is beyond is decided again. */
const REMEMBERED_MAX = 10_000;

interface OfEstate {
  readonly edits: number;
  readonly callers: WeakMap<Caller, Map<string, AuthorizationDecision>>;
}

/**
 * Decisions that would come out the same again: those that follow from who asks, for what action, on what, and from the
 * estate alone, because no policy on their path looks at anything else of the request. Any edit of the estate forgets them
 * all. Cost: O(1) a look-up, where deciding anew costs O(statements on the path).
 */
export class RememberedDecisions {
  private readonly estates = new WeakMap<Fork, OfEstate>();

  get({
    estate,
    caller,
    action,
    resource,
    resourceAccountId,
  }: AuthorizationRequest): AuthorizationDecision | undefined {
    const known = this.estates.get(estate);
    if (known?.edits !== estate.editCount) return undefined;
    return known.callers.get(caller)?.get(keyOf(action, resource, resourceAccountId));
  }

  set(request: AuthorizationRequest, decision: AuthorizationDecision): void {
    const { estate, caller, action, resource, resourceAccountId } = request;
    let known = this.estates.get(estate);
    if (known?.edits !== estate.editCount) {
      known = { edits: estate.editCount, callers: new WeakMap() };
      this.estates.set(estate, known);
    }
    let own = known.callers.get(caller);
    if (own === undefined || own.size >= REMEMBERED_MAX) {
      own = new Map();
      known.callers.set(caller, own);
    }
    own.set(keyOf(action, resource, resourceAccountId), decision);
  }
}

const keyOf = (action: string, resource: string, accountId: string) => `${action} ${accountId} ${resource}`;

/**
 * Whether a policy on a path looks at more of a request than who asks for what on what: in a statement that bears on the
 * action, by a condition or a policy variable. What a condition asks of the caller alone is the same again. Policies of VPC
 * endpoints are not looked at: no call reaches a twin through one.
 */
export function looksAtContext({ identity, resource }: AccessPath, request: AccessRequest): boolean {
  const policies = [
    ...(identity?.policies ?? []),
    ...(identity?.session ?? []),
    ...(identity?.boundary === undefined ? [] : [identity.boundary]),
    ...(identity?.controlLevels.flat() ?? []),
    ...resource.policies,
    ...resource.controlLevels.flat(),
  ];
  return policies.some(({ statements }) =>
    statements.some((statement) => isContextual(statement, request) && matchesAction(statement, request.action)),
  );
}

function isContextual({ conditions, resource }: Statement, { principal }: AccessRequest): boolean {
  const asksOfCaller = ({ key, values }: Condition) =>
    principalKey(principal, key) !== undefined && !values.some(hasVariable);
  if (!conditions.every(asksOfCaller)) return true;
  return resource?.patterns.some(hasVariable) === true;
}

function hasVariable(template: Template): boolean {
  return template.some(({ kind }) => kind === 'variable');
}
