import type { Estate } from '../../estate/estate.js';
import { statementName } from '../document/policy.js';
import { templateText } from '../document/template.js';
import type { Principal } from '../evaluate/principal.js';
import { AccessGatherer } from '../gather/access-gatherer.js';
import { resourcePolicies, sharedTypes } from '../gather/resource-policies.js';
import { AccessMatrix, type MatrixTarget } from '../reason/access-matrix.js';
import { takesEffect } from './granting-statements.js';
import { notableActions } from '../../reference/notable-actions.js';

/** What a principal can do to one resource that has a policy of its own: the notable actions. */
export interface CanReach {
  readonly resourceArn: string;
  readonly accountId: string;
  readonly actions: readonly string[];
}

/** What one principal can do. */
export interface WhatCan {
  /** What its own policies grant, within every limit: the statements that take effect. */
  readonly grants: readonly {
    readonly statement: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  }[];
  /** Resources with a policy of their own that it reaches. */
  readonly resources: readonly CanReach[];
  /** Roles that it can take on. */
  readonly roles: readonly string[];
  /** Attached policies that were not read: what they grant is not known. */
  readonly unread: readonly string[];
}

/**
 * What a principal can do, over the whole path.
 *
 * Cost: one matrix of this principal by the resources that carry policies, a search for each notable action of their
 * service.
 * @returns `undefined` when the estate does not hold the principal.
 */
export function whatCan(estate: Estate, principal: Principal): WhatCan | undefined {
  const gatherer = new AccessGatherer(estate);
  const identity = gatherer.identity(principal);
  if (identity === undefined) return undefined;
  const targets: (MatrixTarget & { arn: string; accountId: string })[] = [];
  for (const type of sharedTypes) {
    for (const resource of estate.list(type)) {
      const found = resourcePolicies(resource, gatherer.library, estate);
      if (found === undefined) continue;
      const prefix = found.actions?.split(':')[0] ?? resource.arn.split(':')[2] ?? '';
      for (const action of notableActions.filter((one) => one.startsWith(`${prefix}:`))) {
        const side = gatherer.sideOf(resource, resource.accountId, action);
        targets.push({
          actions: [action],
          resources: found.scope,
          side,
          arn: resource.arn,
          accountId: resource.accountId,
        });
      }
    }
  }
  const matrix = new AccessMatrix([{ principal, side: identity.side, facts: identity.facts }], targets, {
    partition: estate.header.partition,
  });
  const reached = new Map<string, { accountId: string; actions: string[] }>();
  targets.forEach((target, index) => {
    if (matrix.ask(0, index).kind !== 'yes') return;
    const known = reached.get(target.arn) ?? { accountId: target.accountId, actions: [] };
    known.actions.push(...target.actions);
    reached.set(target.arn, known);
  });
  const isRole = (arn: string): boolean => arn.includes(':role/');
  const entries = [...reached].map(([resourceArn, one]) => ({ resourceArn, ...one }));
  return {
    grants: identity.side.policies.flatMap(({ statements }) =>
      statements
        .filter((statement) => statement.effect === 'Allow' && takesEffect(identity, principal, statement))
        .map((statement) => ({
          statement: statementName(statement),
          actions: statement.action.negated
            ? [`all but ${statement.action.written.join(', ')}`]
            : statement.action.written,
          resources: (statement.resource?.patterns ?? []).map(templateText),
        })),
    ),
    resources: entries.filter(({ resourceArn }) => !isRole(resourceArn)),
    roles: entries.filter(({ resourceArn }) => isRole(resourceArn)).map(({ resourceArn }) => resourceArn),
    unread: identity.unread,
  };
}
