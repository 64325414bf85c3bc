import type { Fork } from '../estate/fork.js';
import type { Statement } from '../policy/document/policy.js';
import type { AccessPath } from '../policy/evaluate/access-path.js';
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

/** Whether a policy on a path looks at the request's context: by a condition, a policy variable, or its VPC endpoint. */
export function looksAtContext({ identity, resource, endpoints }: AccessPath): boolean {
  if (endpoints !== undefined) return true;
  const policies = [
    ...(identity?.policies ?? []),
    ...(identity?.session ?? []),
    ...(identity?.boundary === undefined ? [] : [identity.boundary]),
    ...(identity?.controlLevels.flat() ?? []),
    ...resource.policies,
    ...resource.controlLevels.flat(),
  ];
  return policies.some(({ statements }) => statements.some(isContextual));
}

function isContextual({ conditions, resource }: Statement): boolean {
  if (conditions.length > 0) return true;
  return resource?.patterns.some((template) => template.some(({ kind }) => kind === 'variable')) === true;
}
