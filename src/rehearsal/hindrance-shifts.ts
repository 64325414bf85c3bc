import type { Estate, Resource } from '../estate/estate.js';
import type { Policy } from '../policy/document/policy.js';
import type { ResourceSide } from '../policy/evaluate/access-path.js';
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
 * Cost: two searches for each principal against a policy that grants everything; only where these differ, a matrix for
 * each resource whose policy names one of them or everyone.
 */
export function hindranceShifts(changed: readonly ComparedPrincipal[], estates: Estates): PrincipalShifts {
  const hindered = changed.filter((one) => isHinderedOtherwise(one, estates.now));
  if (hindered.length === 0) return { gained: [], lost: [], open: [] };
  const resources = lettingIn(hindered, estates);
  if (resources.length > RESOURCES_MAX) {
    const open = `${resources.length} resources let in principals whose limits changed, more than the ${RESOURCES_MAX} that are compared: ask \`hikeshi access who-can\` afterwards`;
    return { gained: [], lost: [], open: [open] };
  }
  const each = resources.map(({ resource, scope }) => {
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

/** Whether something hinders a principal otherwise than before where it needs no grant of its own. */
function isHinderedOtherwise(one: ComparedPrincipal, { library }: AccessGatherer): boolean {
  const { principal } = one;
  if (!('accountId' in principal) || one.before === undefined || one.after === undefined) return false;
  const named = principal.kind === 'session' ? principal.roleArn : principal.arn;
  return ['*', named].some((who) => {
    const statement = { Effect: 'Allow', Principal: { AWS: who }, Action: '*', Resource: '*' };
    const grant = library.made({ Version: '2012-10-17', Statement: [statement] }, 'resource', 'a grant of everything');
    const { accountId } = principal;
    const side: ResourceSide = { accountId, policies: [grant], policyRequired: false, controlLevels: [] };
    const everything = { actions: ['*'], resources: ['*'], before: side, after: side };
    const { gained, lost, open } = principalShifts([one], everything, [], 'aws');
    return gained.length + lost.length + open.length > 0;
  });
}

/** The resources that did not change and whose own policies let one of some principals in, and not only its account. */
function lettingIn(
  hindered: readonly ComparedPrincipal[],
  { after, now, changedArns }: Estates,
): { resource: Resource; scope: readonly string[] }[] {
  const arns = new Set(
    hindered.flatMap(({ principal }) =>
      principal.kind === 'session' ? [principal.roleArn] : 'arn' in principal ? [principal.arn] : [],
    ),
  );
  const accounts = new Set(hindered.flatMap(({ principal: one }) => ('accountId' in one ? [one.accountId] : [])));
  const found: { resource: Resource; scope: readonly string[] }[] = [];
  for (const type of sharedTypes) {
    for (const resource of after.list(type)) {
      if (changedArns.has(resource.arn) || !accounts.has(resource.accountId)) continue;
      const own = resourcePolicies(resource, now.library, after);
      if (own?.policies.some((policy) => letsIn(policy, arns)) === true) found.push({ resource, scope: own.scope });
    }
  }
  return found;
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
