import type { Change } from '../estate/diff.js';
import type { Estate, Resource } from '../estate/estate.js';
import type { Policy } from '../policy/document/policy.js';
import { principalName } from '../policy/evaluate/principal.js';
import { AccessGatherer } from '../policy/gather/access-gatherer.js';
import { resourcePolicies, sharedTypes } from '../policy/gather/resource-policies.js';
import { principalsOf } from '../policy/questions/who-can.js';
import type { ComparedPrincipal } from './principal-shifts.js';

/**
 * Changes that may change access and that are not compared: they leave the question open, so that "no access changes" is
 * never said of them.
 *
 * - the policy of a VPC endpoint limits whoever comes through it, to anywhere;
 * - tags of a resource, where an identity policy of the estate asks for them.
 */
export function openByNature(before: Estate, after: Estate, changes: readonly Change[]): string[] {
  const open: string[] = [];
  for (const { type, arn, before: left, after: right } of changes) {
    if (type !== 'AWS::EC2::VPCEndpoint') continue;
    if (endpointPolicy(left) === endpointPolicy(right)) continue;
    open.push(`the policy of the endpoint ${arn} changed: it limits whoever comes through it, which is not compared`);
  }
  const tagged = changes
    .filter((change) => change.before !== undefined && change.after !== undefined)
    .filter(isRetagged);
  if (tagged.length === 0) return open;
  const asks = [before, after].some((estate) => asksForTags(estate));
  return asks
    ? [...open, ...tagged.map(({ arn }) => `the tags of ${arn} changed, and policies ask for tags of resources`)]
    : open;
}

function endpointPolicy(resource: Resource | undefined): string | undefined {
  return (resource as Resource<'AWS::EC2::VPCEndpoint'> | undefined)?.configuration.PolicyDocument;
}

function isRetagged({ paths }: Change): boolean {
  return paths.some((path) => /(?:^|\.)tag(?:s|set|list)?(?:$|[.[])/i.test(path));
}

/** Keys by which a policy asks for the tags of what is acted on. */
const TAG_KEYS = /\/resourcetag\/|:resourcetag\/|s3:bucket-?tag/i;

function asksForTags(estate: Estate): boolean {
  return [...policyTexts(estate)].some((text) => TAG_KEYS.test(text));
}

/**
 * Principals whose tags, unique id or place in the organization changed, where some policy asks for them: by the same
 * policies they may do more or less.
 */
export function openByFacts(pairs: readonly ComparedPrincipal[], before: Estate, after: Estate): string[] {
  const moved = pairs.flatMap(({ principal, before: was, after: is }) => {
    if (was === undefined || is === undefined) return [];
    const keys = [...new Set([...was.facts.keys(), ...is.facts.keys()])];
    const differ = keys.filter((key) => was.facts.get(key)?.join() !== is.facts.get(key)?.join());
    return differ.length === 0 ? [] : [{ principal, keys: differ }];
  });
  if (moved.length === 0) return [];
  const texts = [before, after].flatMap((estate) => [...policyTexts(estate)].map((text) => text.toLowerCase()));
  const asked = (key: string): boolean => texts.some((text) => text.includes(key));
  const verdicts = new Map(moved.flatMap(({ keys }) => keys).map((key) => [key, asked(key)]));
  return moved.flatMap(({ principal, keys }) => {
    const found = keys.filter((key) => verdicts.get(key));
    return found.length === 0
      ? []
      : [`${principalName(principal)}: ${found.join(', ')} changed, and policies ask for it`];
  });
}

/** The texts of all policies of an estate that speak of principals: their own, control policies, and resources' own. */
function* policyTexts(estate: Estate): Iterable<string> {
  const gatherer = new AccessGatherer(estate);
  const seen = new Set<Policy>();
  const all = function* (): Iterable<Policy> {
    for (const { side } of principalsOf(estate, gatherer).known) {
      yield* [...(side?.policies ?? []), ...(side?.controlLevels.flat() ?? [])];
      if (side?.boundary !== undefined) yield side.boundary;
    }
    for (const type of sharedTypes) {
      for (const resource of estate.list(type)) {
        const own = resourcePolicies(resource, gatherer.library, estate);
        yield* [...(own?.policies ?? []), ...(own?.part?.policies ?? [])];
      }
    }
    for (const { accountId } of estate.header.accounts) {
      yield* gatherer.organization.controlLevels('RESOURCE_CONTROL_POLICY', accountId).flat();
    }
  };
  for (const policy of all()) {
    if (seen.has(policy)) continue;
    seen.add(policy);
    yield policy.text;
  }
}
