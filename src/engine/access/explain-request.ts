import type { Estate } from '../../estate/estate.js';
import type { Policy } from '../../policy/document/policy.js';
import { accessRequest } from '../../policy/evaluate/access-request.js';
import { principalName, type Principal } from '../../policy/evaluate/principal.js';
import { AccessGatherer } from '../../policy/gather/access-gatherer.js';
import { explain, type Explanation } from '../../policy/questions/explain.js';

/** A request as a person asks about it. */
export interface AskedRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  /** Session policies that limit the caller. */
  readonly session?: readonly Policy[];
}

/** An explanation, and the caller's attached policies that were not read: these may decide otherwise. */
export interface ExplainedRequest extends Explanation {
  readonly unread: readonly string[];
}

/** Why an estate lets a request through or not; the caller's tags, organization and unique id are the estate's. */
export function explainRequest(estate: Estate, asked: AskedRequest): ExplainedRequest {
  const { principal, action, resource, session = [] } = asked;
  const gatherer = new AccessGatherer(estate);
  const identity = gatherer.identity(principal, session);
  const context = { ...Object.fromEntries(identity?.facts ?? []), ...asked.context };
  const request = accessRequest({ principal, action, resource, context });
  const named = resource.split(':')[4] ?? '';
  const accountId = named === '' && resource === '*' && 'accountId' in principal ? principal.accountId : named;
  const explanation = explain(request, gatherer.path(request, accountId, identity?.side));
  const unknown =
    identity === undefined && 'accountId' in principal
      ? [`the policies of ${principalName(principal)}, which the estate does not hold`]
      : [];
  const broken = gatherer.library.unreadable.map(({ name }) => name);
  return { ...explanation, unread: [...new Set([...(identity?.unread ?? unknown), ...broken])] };
}
