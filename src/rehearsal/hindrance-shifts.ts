import type { Estate, Resource } from '../estate/estate.js';
import type { Policy } from '../policy/document/policy.js';
import type { ResourceSide } from '../policy/evaluate/access-path.js';
import { principalArn, principalName, type Principal } from '../policy/evaluate/principal.js';
import type { AccessGatherer } from '../policy/gather/access-gatherer.js';
import { resourcePolicies, sharedTypes } from '../policy/gather/resource-policies.js';
import { principalShifts, type ComparedPrincipal, type PrincipalShifts } from './principal-shifts.js';
import { exampleOf, notableOf, serviceOf } from './resource-actions.js';

/** Past so many resources that let changed principals in themselves, the question is left open. */
const RESOURCES_MAX = 500;

interface Estates {
  readonly before: Estate;
  readonly after: Estate;
  readonly old: AccessGatherer;
  readonly now: AccessGatherer;
  /** The ARNs of resources that changed themselves: they are compared with all principals, as these were and are. */
  readonly changedArns: ReadonlySet<string>;
}

/**
 * What changed principals gain or lose where a resource's own policy lets them in without their identity policies: a
 * denial, a boundary or a control policy that changed counts there also for what they were never granted themselves.
 *
 * Cost: two matrices for each account against policies that grant everything; only where these differ, one for each resource
 * of the account whose policy names one of them or everyone.
 */
export function hindranceShifts(changed: readonly ComparedPrincipal[], estates: Estates): PrincipalShifts {
  const byAccount = new Map<string, ComparedPrincipal[]>();
  for (const one of hinderedOtherwise(changed, estates)) {
    const accountId = accountOf(one);
    byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), one]);
  }
  const resources = [...byAccount].flatMap(([accountId, hindered]) => lettingIn(accountId, hindered, estates));
  if (resources.length > RESOURCES_MAX) {
    const open = `${resources.length} resources let in principals whose limits changed, more than the ${RESOURCES_MAX} that are compared: ask \`hikeshi access who-can\` afterwards`;
    return { gained: [], lost: [], open: [open] };
  }
  const each = resources.map(({ resource, scope, hindered }) => {
    const { before, after, old, now } = estates;
    const was = before.get(resource.type, resource.arn, resource.accountId);
    const example = exampleOf(resource);
    const target = {
      actions: [`${serviceOf(resource)}:*`],
      resources: scope,
      before: old.sideOf(was, resource.accountId, example),
      after: now.sideOf(resource, resource.accountId, example),
      told: resource.arn,
    };
    return principalShifts(hindered, target, notableOf(resource), after.header.partition);
  });
  return {
    gained: each.flatMap(({ gained }) => gained),
    lost: each.flatMap(({ lost }) => lost),
    open: [...new Set(each.flatMap(({ open }) => open))],
  };
}

/** The principals that something hinders otherwise than before where they need no grant of their own. */
function hinderedOtherwise(changed: readonly ComparedPrincipal[], { now, after }: Estates): ComparedPrincipal[] {
  const byAccount = new Map<string, ComparedPrincipal[]>();
  for (const one of changed) {
    const accountId = accountOf(one);
    const isKept = one.before !== undefined && one.after !== undefined;
    if (accountId !== '' && isKept) byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), one]);
  }
  return [...byAccount].flatMap(([accountId, principals]) => {
    const differ = new Set<string>();
    for (const who of ['*', principals.map(({ principal }) => namedOf(principal))]) {
      const statement = { Effect: 'Allow', Principal: { AWS: who }, Action: '*', Resource: '*' };
      const document = { Version: '2012-10-17', Statement: [statement] };
      const grant = now.library.made(document, 'resource', 'a grant of everything');
      const side: ResourceSide = { accountId, policies: [grant], policyRequired: false, controlLevels: [] };
      const everything = { actions: ['*'], resources: ['*'], before: side, after: side };
      const { gained, lost, open } = principalShifts(principals, everything, [], after.header.partition);
      for (const { principal } of [...gained, ...lost]) differ.add(principal);
      // What is open names its principal first; all are taken then.
      if (open.length > 0) for (const { principal } of principals) differ.add(principalName(principal));
    }
    return principals.filter(({ principal }) => differ.has(principalName(principal)));
  });
}

function accountOf({ principal }: ComparedPrincipal): string {
  return 'accountId' in principal ? principal.accountId : '';
}

/** The ARN by which a Principal element names a principal. */
function namedOf(principal: Principal): string {
  return principal.kind === 'session' ? principal.roleArn : (principalArn(principal) ?? '');
}

/** The resources of an account that did not change and whose own policies let some principals in, not only the account. */
function lettingIn(
  accountId: string,
  hindered: readonly ComparedPrincipal[],
  { after, now, changedArns }: Estates,
): { resource: Resource; scope: readonly string[]; hindered: readonly ComparedPrincipal[] }[] {
  const arns = new Set(hindered.map(({ principal }) => namedOf(principal)));
  return sharedTypes.flatMap((type) =>
    [...after.list(type, { accountId })].flatMap((resource) => {
      if (changedArns.has(resource.arn)) return [];
      const own = resourcePolicies(resource, now.library, after);
      const lets = own?.policies.some((policy) => letsIn(policy, arns)) === true;
      return lets ? [{ resource, scope: own.scope, hindered }] : [];
    }),
  );
}

function letsIn({ statements }: Policy, arns: ReadonlySet<string>): boolean {
  return statements.some(
    ({ effect, principal }) =>
      effect === 'Allow' &&
      (principal === undefined ||
        principal.negated ||
        principal.patterns.some(
          (pattern) =>
            pattern.kind === 'everyone' ||
            pattern.kind === 'session' ||
            (pattern.kind === 'identity' && arns.has(pattern.arn)),
        )),
  );
}
