import type { Element } from '../document/policy.js';
import type { PrincipalPattern } from '../document/principal-pattern.js';
import { sessionArn, type Principal } from './principal.js';

/**
 * How a Principal element meets a principal; it decides what else the request needs.
 *
 * - `direct`: everyone, the user, the very session, the service: inside an account nothing else is needed.
 * - `role`: the role of the session: its boundary and session policy still limit it.
 * - `account`: the account: it delegates, so an identity policy must allow too.
 */
export type PrincipalMatch = 'none' | 'account' | 'role' | 'direct';

const strength: Readonly<Record<PrincipalMatch, number>> = { none: 0, account: 1, role: 2, direct: 3 };

/**
 * How an element meets a principal, at its strongest.
 *
 * Source: IAM user guide, "Policy evaluation logic"; "AWS JSON policy elements: Principal" and "NotPrincipal".
 * @param effect a Deny with NotPrincipal spares only a principal whose whole chain is listed: the account, for a
 * session its role too, and itself.
 * @param hasBoundary a Deny with NotPrincipal always meets a principal that has a permissions boundary.
 */
export function matchPrincipal(
  element: Element<PrincipalPattern> | undefined,
  principal: Principal,
  effect: 'Allow' | 'Deny',
  hasBoundary: boolean,
): PrincipalMatch {
  if (element === undefined) return 'direct';
  if (element.negated) {
    const spared =
      effect === 'Allow'
        ? element.patterns.some((pattern) => matchOne(pattern, principal) !== 'none')
        : !hasBoundary && isListed(element.patterns, principal);
    return spared ? 'none' : 'direct';
  }
  let best: PrincipalMatch = 'none';
  for (const pattern of element.patterns) {
    const match = matchOne(pattern, principal);
    if (strength[match] > strength[best]) best = match;
  }
  return best;
}

function matchOne(pattern: PrincipalPattern, principal: Principal): PrincipalMatch {
  switch (pattern.kind) {
    case 'everyone':
      return 'direct';
    case 'account':
      return 'accountId' in principal && principal.accountId === pattern.accountId ? 'account' : 'none';
    case 'identity':
      if (principal.kind === 'session') return principal.roleArn === pattern.arn ? 'role' : 'none';
      return 'arn' in principal && principal.arn === pattern.arn ? 'direct' : 'none';
    case 'session':
      return principal.kind === 'session' && sessionArn(principal) === pattern.arn ? 'direct' : 'none';
    case 'uniqueId':
      return 'none';
    case 'service':
      return principal.kind === 'service' && principal.name === pattern.name ? 'direct' : 'none';
    case 'federated':
      return principal.kind === 'federated' && principal.provider === pattern.provider ? 'direct' : 'none';
    case 'canonicalUser':
      return principal.kind === 'canonicalUser' && principal.id === pattern.id ? 'direct' : 'none';
  }
}

/** Whether every identity a principal acts as is in the list. */
function isListed(patterns: readonly PrincipalPattern[], principal: Principal): boolean {
  if (patterns.some(({ kind }) => kind === 'everyone')) return true;
  const listed = (kind: PrincipalMatch): boolean => patterns.some((pattern) => matchOne(pattern, principal) === kind);
  switch (principal.kind) {
    case 'root':
      return listed('account');
    case 'user':
    case 'federatedUser':
      return listed('account') && listed('direct');
    case 'session':
      return listed('account') && listed('role') && listed('direct');
    case 'service':
    case 'federated':
    case 'canonicalUser':
      return listed('direct');
    case 'anonymous':
      return false;
  }
}
