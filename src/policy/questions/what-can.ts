import type { Estate } from '../../estate/estate.js';
import type { Policy } from '../document/policy.js';
import { statementName } from '../document/policy.js';
import { templateText } from '../document/template.js';
import { decide } from '../evaluate/decide.js';
import type { Principal } from '../evaluate/principal.js';
import { AccessGatherer } from '../gather/access-gatherer.js';
import type { GatheredIdentity } from '../gather/identity-side.js';
import { resourcePolicies, sharedTypes } from '../gather/resource-policies.js';
import { AccessMatrix, type MatrixTarget } from '../reason/access-matrix.js';
import { notableActions } from '../../reference/notable-actions.js';
import { takesEffect } from './granting-statements.js';
import { rolesReached, type RoleChain } from './role-chains.js';

/** What a principal can do to one resource that has a policy of its own. */
export interface CanReach {
  readonly resourceArn: string;
  readonly accountId: string;
  /** The notable actions among them; one other where it is none of those. */
  readonly actions: readonly string[];
}

/** What one identity can do. */
export interface Reach {
  /** What its own policies grant, within every limit: the statements that take effect. */
  readonly grants: readonly {
    readonly statement: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  }[];
  /** Resources with a policy of their own that it reaches. Roles are not among them: it may become these. */
  readonly resources: readonly CanReach[];
}

/** What one principal can do, itself and as every role it can become. */
export interface WhatCan extends Reach {
  readonly roles: readonly (RoleChain & Reach)[];
  /** Attached policies that were not read, its own and its roles': what they grant or deny is not known. */
  readonly unread: readonly string[];
  /** What could not be decided. */
  readonly undetermined: readonly { readonly principal: string; readonly reason: string }[];
}

/**
 * What a principal can do, over the whole path: its own policies, boundary, session policies, control policies, the
 * resources' own policies, and every role it can take on, directly or over other roles.
 *
 * Cost: for the principal and each role it can become one matrix by the resources that carry policies.
 * @param session session policies that limit the principal's session (not those of the roles it takes on).
 * @returns `undefined` when the estate does not hold the principal.
 */
export function whatCan(estate: Estate, principal: Principal, session: readonly Policy[] = []): WhatCan | undefined {
  const gatherer = new AccessGatherer(estate);
  const identity = gatherer.identity(principal, session);
  if (identity === undefined) return undefined;
  const targets = targetsOf(estate, gatherer);
  const unread = new Set(identity.unread);
  const open: { principal: string; reason: string }[] = [];
  const reach = (who: Principal, side: GatheredIdentity): Reach => reachOf(estate, gatherer, targets, who, side, open);
  const own = reach(principal, identity);
  const { chains, undetermined } = rolesReached(estate, gatherer, {
    principal,
    side: identity.side,
    facts: identity.facts,
  });
  const roles = chains.map((chain) => {
    const roleArn = chain.through.at(-1) ?? '';
    const role: Principal = {
      kind: 'session',
      roleArn,
      sessionName: 'session',
      accountId: roleArn.split(':')[4] ?? '',
    };
    const known = gatherer.identity(role);
    for (const one of known?.unread ?? []) unread.add(one);
    return { ...chain, ...(known === undefined ? { grants: [], resources: [] } : reach(role, known)) };
  });
  for (const { name } of gatherer.library.unreadable) unread.add(name);
  return { ...own, roles, unread: [...unread], undetermined: [...undetermined, ...open] };
}

const HANGS = 'hangs on a policy variable, an endpoint or a key that AWS leaves open';

type Target = MatrixTarget & { readonly arn: string; readonly accountId: string; readonly isWhole: boolean };

/** Of each resource with a policy of its own: all of its service's actions, then each notable one. */
function targetsOf(estate: Estate, gatherer: AccessGatherer): Target[] {
  return sharedTypes.flatMap((type) =>
    type === 'AWS::IAM::Role'
      ? []
      : [...estate.list(type)].flatMap((resource): Target[] => {
          const found = resourcePolicies(resource, gatherer.library, estate);
          if (found === undefined) return [];
          const { arn, accountId } = resource;
          const prefix = arn.split(':')[2] ?? '';
          const notable = notableActions.filter((one) => one.startsWith(`${prefix}:`));
          return [`${prefix}:*`, ...notable].map((action, index) => ({
            actions: [action],
            resources: found.scope,
            side: gatherer.sideOf(resource, accountId, action),
            arn,
            accountId,
            isWhole: index === 0,
          }));
        }),
  );
}

function reachOf(
  estate: Estate,
  gatherer: AccessGatherer,
  targets: readonly Target[],
  principal: Principal,
  { side, facts }: GatheredIdentity,
  open: { principal: string; reason: string }[],
): Reach {
  const matrix = new AccessMatrix([{ principal, side, facts }], targets, { partition: estate.header.partition });
  const reached = new Map<string, { readonly accountId: string; readonly actions: string[]; example?: string }>();
  targets.forEach(({ arn, accountId, isWhole, actions: [action = ''], side: resource }, index) => {
    if (!isWhole && !reached.has(arn)) return;
    const answer = matrix.ask(0, index);
    if (answer.kind === 'no') return;
    if (answer.kind === 'undetermined') {
      open.push({ principal: arn, reason: answer.reason });
      return;
    }
    const request = matrix.witness(0, answer.box);
    const path = { identity: side, resource, endpoints: gatherer.endpoints() };
    const isShown = decide(request, path).outcome === 'allow';
    if (isWhole) reached.set(arn, { accountId, actions: [], ...(isShown ? { example: request.action } : {}) });
    else if (isShown) reached.get(arn)?.actions.push(action);
    else open.push({ principal: arn, reason: `${action} ${HANGS}` });
  });
  for (const [arn, { actions, example }] of reached) {
    if (actions.length === 0 && example === undefined) open.push({ principal: arn, reason: `some action ${HANGS}` });
  }
  return {
    grants: side.policies.flatMap(({ statements }) =>
      statements
        .filter((statement) => statement.effect === 'Allow' && takesEffect({ side, facts }, principal, statement))
        .map((statement) => ({
          statement: statementName(statement),
          actions: statement.action.negated
            ? [`all but ${statement.action.written.join(', ')}`]
            : statement.action.written,
          resources: (statement.resource?.patterns ?? []).map(templateText),
        })),
    ),
    resources: [...reached].flatMap(([resourceArn, { accountId, actions, example }]) => {
      const said = actions.length > 0 ? actions : example === undefined ? [] : [example];
      return said.length === 0 ? [] : [{ resourceArn, accountId, actions: said }];
    }),
  };
}
