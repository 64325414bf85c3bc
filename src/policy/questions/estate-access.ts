import type { Estate, Resource } from '../../estate/estate.js';
import type { Policy } from '../document/policy.js';
import { AccessGatherer } from '../gather/access-gatherer.js';
import { resourcePolicies, sharedTypes, type ResourcePolicies } from '../gather/resource-policies.js';
import type { SolveOptions } from '../reason/solve.js';
import { externalAccess, type AnalyzedResource, type ExternalAnalysis } from './external-access.js';
import { mentionedIn, zoneOf, type ZoneOfTrust } from './zone-of-trust.js';

/** Analyses remembered by what they depend on, so that only changed resources are analysed again. */
export type AnalysisMemory = Map<string, ExternalAnalysis>;

/** The external access of an estate. */
export interface EstateExternalAccess extends ExternalAnalysis {
  /** How many resources have a policy, ACL, grant or share of their own, and how many were analysed anew. */
  readonly resources: number;
  readonly analyzed: number;
  /** Documents that could not be read: what they grant is not known. */
  readonly unreadable: readonly string[];
  /** The resources that have findings, by ARN. */
  readonly shared: ReadonlyMap<string, AnalyzedResource>;
}

/**
 * Every way into an estate's resources from outside its organization, or outside one account.
 *
 * Cost: linear in the resources that carry a policy; with a memory, in those whose policies changed.
 */
export function estateExternalAccess(
  estate: Estate,
  options: { accountId?: string; memory?: AnalysisMemory } & SolveOptions = {},
): EstateExternalAccess {
  const gatherer = new AccessGatherer(estate);
  const findings: ExternalAnalysis['findings'][number][] = [];
  const undetermined: ExternalAnalysis['undetermined'][number][] = [];
  const shared = new Map<string, AnalyzedResource>();
  let resources = 0;
  let analyzed = 0;
  for (const one of resourceAnalyses(estate, gatherer, options)) {
    if (one.policies.length > 0) resources++;
    if (one.isNew) analyzed++;
    findings.push(...one.findings);
    if (one.findings.length > 0 && one.analyzed !== undefined) shared.set(one.analyzed.resource.arn, one.analyzed);
    undetermined.push(...one.undetermined);
  }
  const unreadable = gatherer.library.unreadable.map(({ name }) => name);
  return { findings, undetermined, resources, analyzed, unreadable, shared };
}

/** What the analysis of one resource that can be shared found. */
export interface ResourceAnalysis extends ExternalAnalysis {
  readonly resource: Resource;
  /** Its own policies, with ACLs, grants and shares among them; none when it shares nothing. */
  readonly policies: readonly Policy[];
  /** As it was analyzed; nothing when it shares nothing. */
  readonly analyzed?: AnalyzedResource;
  /** Its own documents that could not be read: what they grant is not known. */
  readonly unreadable: readonly string[];
  /** Whether it was analysed now, rather than remembered. */
  readonly isNew: boolean;
}

/** Where to analyze, and what is known already. */
export interface ResourceAnalysesOptions extends SolveOptions {
  /** The account that is the zone of trust; the organization when not given. */
  readonly accountId?: string;
  readonly memory?: AnalysisMemory;
  /** Which resources; all of the zone when not given. */
  readonly where?: (resource: Resource) => boolean;
}

/** Analyzes the resources of a zone one by one, also those that share nothing. */
export function* resourceAnalyses(
  estate: Estate,
  gatherer: AccessGatherer,
  { accountId, memory, where, ...options }: ResourceAnalysesOptions,
): Iterable<ResourceAnalysis> {
  const zone = zoneOf(estate, gatherer.organization, accountId);
  const { library } = gatherer;
  for (const type of sharedTypes) {
    for (const resource of estate.list(type, accountId === undefined ? {} : { accountId })) {
      if (where?.(resource) === false) continue;
      const before = library.unreadable.length;
      const found = resourcePolicies(resource, library, estate);
      const unreadable = library.unreadable.slice(before).map(({ name }) => name);
      const ones = found === undefined ? [] : analyzedOf(gatherer, resource, found);
      if (ones.length === 0) {
        yield { resource, policies: [], findings: [], undetermined: [], unreadable, isNew: false };
        continue;
      }
      for (const one of ones) {
        const key = memory === undefined ? '' : memoryKey(one, zone);
        const known = memory?.get(key);
        const analysis = known ?? externalAccess(one, zone, { partition: estate.header.partition, ...options });
        memory?.set(key, analysis);
        yield {
          resource,
          policies: one.side.policies,
          analyzed: one,
          ...analysis,
          unreadable,
          isNew: known === undefined,
        };
      }
    }
  }
}

/** The resources of an estate that carry policies, ready for analysis. */
export function* analyzedResources(
  estate: Estate,
  gatherer: AccessGatherer,
  accountId?: string,
): Iterable<AnalyzedResource> {
  for (const type of sharedTypes) {
    for (const resource of estate.list(type, accountId === undefined ? {} : { accountId })) {
      const found = resourcePolicies(resource, gatherer.library, estate);
      if (found !== undefined) yield* analyzedOf(gatherer, resource, found);
    }
  }
}

/** What is analysed of a resource: itself, and a part that is shared by itself. */
function analyzedOf(gatherer: AccessGatherer, resource: Resource, found: ResourcePolicies): AnalyzedResource[] {
  const whole = analyzedResource(gatherer, resource, found);
  const part = found.part === undefined ? [] : [analyzedPart(gatherer, resource, found.part)];
  return whole === undefined ? part : [whole, ...part];
}

function analyzedResource(
  gatherer: AccessGatherer,
  resource: Resource,
  { policies, actions, scope }: ResourcePolicies,
): AnalyzedResource | undefined {
  if (policies.length === 0) return undefined;
  const action = actions?.replace('*', 'AssumeRole') ?? `${resource.arn.split(':')[2] ?? ''}:any`;
  const side = gatherer.sideOf(resource, resource.accountId, action);
  return { resource, side, scope, facts: resourceFacts(gatherer, resource.accountId) };
}

/** A part of a resource that is shared by itself. */
function analyzedPart(
  gatherer: AccessGatherer,
  { accountId }: Resource,
  { arn, type, policies }: NonNullable<ResourcePolicies['part']>,
): AnalyzedResource {
  const side = { accountId, policies, policyRequired: false, controlLevels: [] };
  return { resource: { arn, type, accountId }, side, scope: [arn], facts: resourceFacts(gatherer, accountId) };
}

/** Context keys that every request on an account's resource has. */
export function resourceFacts(gatherer: AccessGatherer, accountId: string): Map<string, string | null> {
  const { id } = gatherer.organization;
  return new Map([
    ['aws:resourceaccount', accountId],
    ['s3:resourceaccount', accountId],
    ['aws:resourceorgid', id ?? null],
  ]);
}

/** All that an analysis depends on, besides the engine itself. The zone's part is what the policies mention of it. */
export function memoryKey({ resource, side, facts }: AnalyzedResource, zone: ZoneOfTrust): string {
  const texts = [...side.policies, ...side.controlLevels.flat()].map(({ text }) => text);
  const text = texts.join('\n');
  const mentioned = mentionedIn(text).filter(
    (id) => zone.accountIds.has(id) || zone.networkIds.has(id) || zone.uniqueIds.has(id) || zone.canonicalIds.has(id),
  );
  const context = [...facts.values()].join();
  const levels = side.controlLevels.map((level) => level.length).join();
  return [
    resource.arn,
    resource.accountId,
    zone.organizationId,
    side.restrictedToOwner,
    context,
    levels,
    mentioned.join(),
    text,
  ].join('\n');
}
