import type { Estate } from '../../estate/estate.js';
import type { Principal } from '../evaluate/principal.js';
import type { AccessGatherer } from '../gather/access-gatherer.js';
import { AccessMatrix, type MatrixPrincipal } from '../reason/access-matrix.js';
import { principalText } from '../reason/principal-dimension.js';

/** A principal, and the roles it takes on one after another, the last being one that was asked for. */
export interface RoleChain {
  readonly principal: Principal;
  readonly through: readonly string[];
}

/** No chain of AWS's is near it: a session of a session lasts an hour at most, but any number may follow. */
const LENGTH_MAX = 16;

/**
 * The principals that can become one of some roles: by AssumeRole directly, or over other roles. The shortest chain of
 * each.
 *
 * Cost: one matrix of principals by roles on the frontier for each length.
 */
export function roleChains(
  estate: Estate,
  gatherer: AccessGatherer,
  principals: readonly MatrixPrincipal[],
  wanted: readonly string[],
): RoleChain[] {
  const found = new Map<string, RoleChain>();
  let frontier = wanted.map((roleArn) => ({ roleArn, through: [roleArn] as readonly string[] }));
  const seen = new Set(wanted);
  for (let length = 0; length < LENGTH_MAX && frontier.length > 0; length++) {
    const reached = frontier.flatMap(({ roleArn, through }) => {
      const role = estate.get('AWS::IAM::Role', roleArn, roleArn.split(':')[4]);
      return role === undefined ? [] : [{ role, through }];
    });
    const targets = reached.map(({ role }) => ({
      actions: ['sts:AssumeRole'],
      resources: [role.arn],
      side: gatherer.sideOf(role, role.accountId, 'sts:AssumeRole'),
    }));
    if (targets.length === 0) break;
    const matrix = new AccessMatrix(principals, targets, { partition: estate.header.partition });
    const next: typeof frontier = [];
    principals.forEach(({ principal }, index) => {
      const key = principalText(principal);
      if (found.has(key)) return;
      const at = targets.findIndex((_, target) => matrix.ask(index, target).kind === 'yes');
      const through = reached[at]?.through;
      if (through === undefined) return;
      found.set(key, { principal, through });
      if (principal.kind === 'session' && !seen.has(principal.roleArn)) {
        seen.add(principal.roleArn);
        next.push({ roleArn: principal.roleArn, through: [principal.roleArn, ...through] });
      }
    });
    frontier = next;
  }
  return [...found.values()];
}
