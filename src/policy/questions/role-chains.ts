import type { Estate, Resource } from '../../estate/estate.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { decide } from '../evaluate/decide.js';
import { principalName, type Principal } from '../evaluate/principal.js';
import type { AccessGatherer } from '../gather/access-gatherer.js';
import { AccessMatrix, type MatrixPrincipal, type MatrixTarget } from '../reason/access-matrix.js';
import { principalText } from '../reason/principal-dimension.js';
import { plausible } from './plausible.js';

/** A principal, and the roles it takes on one after another, the last being the one in question. */
export interface RoleChain {
  readonly principal: Principal;
  readonly through: readonly string[];
  /** The AssumeRole requests that get there, first to last. */
  readonly steps: readonly AccessRequest[];
}

/** Chains of roles, the shortest to each end, and the steps that could not be decided. */
export interface RoleChains {
  readonly chains: readonly RoleChain[];
  readonly undetermined: readonly { readonly principal: string; readonly reason: string }[];
}

type Step =
  | { readonly kind: 'no' }
  | { readonly kind: 'yes'; readonly request: AccessRequest }
  | { readonly kind: 'open'; readonly reason: string };

/** Which of some principals can take on which of some roles. */
class RoleSteps {
  private readonly matrix: AccessMatrix;
  private readonly targets: readonly MatrixTarget[];

  constructor(
    private readonly gatherer: AccessGatherer,
    private readonly principals: readonly MatrixPrincipal[],
    roles: readonly Resource[],
    partition: string,
  ) {
    this.targets = roles.map((role) => ({
      actions: ['sts:AssumeRole'],
      resources: [role.arn],
      side: gatherer.sideOf(role, role.accountId, 'sts:AssumeRole'),
    }));
    this.matrix = new AccessMatrix(principals, this.targets, { partition });
  }

  /**
   * Whether a principal can take on a role. STS refuses it to the root user, whatever the policies say.
   *
   * Source: STS API reference, `AssumeRole`.
   */
  ask(principal: number, role: number): Step {
    const asked = this.principals[principal];
    const target = this.targets[role];
    if (asked === undefined || target === undefined || asked.principal.kind === 'root') return { kind: 'no' };
    const answer = this.matrix.ask(principal, role);
    if (answer.kind === 'no') return { kind: 'no' };
    if (answer.kind === 'undetermined') return { kind: 'open', reason: answer.reason };
    const preferred = plausible(target.resources, [principalText(asked.principal)]);
    const request = this.matrix.witness(principal, answer.box, preferred);
    const identity = asked.side === undefined ? {} : { identity: asked.side };
    const path = { ...identity, resource: target.side, endpoints: this.gatherer.endpoints() };
    if (decide(request, path).outcome === 'allow') return { kind: 'yes', request };
    const reason = `whether it can take on ${target.resources[0]} hangs on a policy variable, an endpoint or a key that AWS leaves open`;
    return { kind: 'open', reason };
  }
}

/**
 * The principals that can become one of some roles: by AssumeRole directly, or over other roles, to a fixpoint. The
 * shortest chain of each.
 *
 * Cost: one matrix of principals by roles on the frontier for each length; every role is on it once.
 */
export function roleChains(
  estate: Estate,
  gatherer: AccessGatherer,
  principals: readonly MatrixPrincipal[],
  wanted: readonly string[],
): RoleChains {
  const found = new Map<string, RoleChain>();
  const open = new Map<string, string>();
  const seen = new Set(wanted);
  let frontier: Omit<RoleChain, 'principal'>[] = wanted.map((role) => ({ through: [role], steps: [] }));
  while (frontier.length > 0) {
    const reached = frontier.flatMap((chain) => {
      const [roleArn = ''] = chain.through;
      const role = estate.get('AWS::IAM::Role', roleArn, roleArn.split(':')[4]);
      return role === undefined ? [] : [{ role, chain }];
    });
    const next: typeof frontier = [];
    const roles = reached.map(({ role }) => role);
    const steps = new RoleSteps(gatherer, principals, roles, estate.header.partition);
    principals.forEach(({ principal }, index) => {
      const key = principalText(principal);
      for (let at = 0; at < reached.length && !found.has(key); at++) {
        const step = steps.ask(index, at);
        if (step.kind === 'open') open.set(principalName(principal), step.reason);
        const chain = reached[at]?.chain;
        if (step.kind !== 'yes' || chain === undefined) continue;
        const complete = { through: chain.through, steps: [step.request, ...chain.steps] };
        found.set(key, { principal, ...complete });
        if (principal.kind !== 'session' || seen.has(principal.roleArn)) continue;
        seen.add(principal.roleArn);
        next.push({ through: [principal.roleArn, ...chain.through], steps: complete.steps });
      }
    });
    frontier = next;
  }
  return { chains: [...found.values()], undetermined: openOf(open, found) };
}

/**
 * The roles that a principal can become: by AssumeRole directly, or over other roles, to a fixpoint. The shortest chain to
 * each.
 *
 * Cost: one matrix of the roles last reached by all roles for each length; every role is asked for once.
 */
export function rolesReached(estate: Estate, gatherer: AccessGatherer, start: MatrixPrincipal): RoleChains {
  const roles = [...estate.list('AWS::IAM::Role')];
  const { principal } = start;
  const seen = new Set(principal.kind === 'session' ? [principal.roleArn] : []);
  const chains: RoleChain[] = [];
  const undetermined = new Map<string, string>();
  let frontier: { as: MatrixPrincipal; chain: RoleChain }[] = [
    { as: start, chain: { principal, through: [], steps: [] } },
  ];
  while (frontier.length > 0) {
    const left = roles.filter(({ arn }) => !seen.has(arn));
    const steps = new RoleSteps(
      gatherer,
      frontier.map(({ as }) => as),
      left,
      estate.header.partition,
    );
    const next: typeof frontier = [];
    left.forEach(({ arn, accountId }, at) => {
      for (const [index, { chain }] of frontier.entries()) {
        const step = steps.ask(index, at);
        if (step.kind === 'open') undetermined.set(arn, step.reason);
        if (step.kind !== 'yes' || seen.has(arn)) continue;
        seen.add(arn);
        const longer = { principal, through: [...chain.through, arn], steps: [...chain.steps, step.request] };
        chains.push(longer);
        const session: Principal = { kind: 'session', roleArn: arn, sessionName: 'session', accountId };
        const identity = gatherer.identity(session);
        if (identity === undefined) continue;
        next.push({ as: { principal: session, side: identity.side, facts: identity.facts }, chain: longer });
      }
    });
    frontier = next;
  }
  const open = [...undetermined].filter(([arn]) => !seen.has(arn));
  return { chains, undetermined: open.map(([, reason]) => ({ principal: principalName(principal), reason })) };
}

/** The open steps of those who do not get there otherwise. */
function openOf(open: ReadonlyMap<string, string>, found: ReadonlyMap<string, RoleChain>): RoleChains['undetermined'] {
  const there = new Set([...found.values()].map(({ principal }) => principalName(principal)));
  return [...open].flatMap(([principal, reason]) => (there.has(principal) ? [] : [{ principal, reason }]));
}
