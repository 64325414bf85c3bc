import type { Estate } from '../../estate/estate.js';
import { AccessGatherer } from '../gather/access-gatherer.js';
import { resourcePolicies, sharedTypes } from '../gather/resource-policies.js';
import type { SolveOptions } from '../reason/solve.js';
import { externalAccess, type AnalyzedResource, type ExternalAnalysis } from './external-access.js';
import { zoneOf, type ZoneOfTrust } from './zone-of-trust.js';

/** Analyses remembered by what they depend on, so that only changed resources are analysed again. */
export type AnalysisMemory = Map<string, ExternalAnalysis>;

/** The external access of an estate. */
export interface EstateExternalAccess extends ExternalAnalysis {
  /** How many resources have a policy, ACL, grant or share of their own, and how many were analysed anew. */
  readonly resources: number;
  readonly analyzed: number;
  /** Documents that could not be read: what they grant is not known. */
  readonly unreadable: readonly string[];
}

/**
 * Every way into an estate's resources from outside its organization, or outside one account.
 *
 * Cost: linear in the resources that carry a policy; with a memory, in those whose policies changed.
 */
export function estateExternalAccess(
  estate: Estate,
  { accountId, memory, ...options }: { accountId?: string; memory?: AnalysisMemory } & SolveOptions = {},
): EstateExternalAccess {
  const gatherer = new AccessGatherer(estate);
  const zone = zoneOf(estate, gatherer.organization, accountId);
  const findings: ExternalAnalysis['findings'][number][] = [];
  const undetermined: ExternalAnalysis['undetermined'][number][] = [];
  let resources = 0;
  let analyzed = 0;
  for (const one of analyzedResources(estate, gatherer, accountId)) {
    resources++;
    const key = memory === undefined ? '' : memoryKey(one, zone);
    let analysis = memory?.get(key);
    if (analysis === undefined) {
      analysis = externalAccess(one, zone, { partition: estate.header.partition, ...options });
      analyzed++;
      memory?.set(key, analysis);
    }
    findings.push(...analysis.findings);
    undetermined.push(...analysis.undetermined);
  }
  const unreadable = gatherer.library.unreadable.map(({ name }) => name);
  return { findings, undetermined, resources, analyzed, unreadable };
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
      if (found === undefined || found.policies.length === 0) continue;
      const action = found.actions?.replace('*', 'AssumeRole') ?? `${resource.arn.split(':')[2] ?? ''}:any`;
      const side = gatherer.sideOf(resource, resource.accountId, action);
      yield { resource, side, scope: found.scope, facts: resourceFacts(gatherer, resource.accountId) };
    }
  }
}

function resourceFacts(gatherer: AccessGatherer, accountId: string): Map<string, string | null> {
  const { id } = gatherer.organization;
  return new Map([
    ['aws:resourceaccount', accountId],
    ['s3:resourceaccount', accountId],
    ['aws:resourceorgid', id ?? null],
  ]);
}

/** All that an analysis depends on, besides the engine itself. The zone's part is what the policies mention of it. */
function memoryKey({ resource, side }: AnalyzedResource, zone: ZoneOfTrust): string {
  const texts = [...side.policies, ...side.controlLevels.flat()].map(({ text }) => text);
  const text = texts.join('\n');
  const mentioned = [...(text.match(/\d{12}|vpce?-[0-9a-f]+|A[A-Z]{3}[A-Z0-9]{12,}/g) ?? [])].filter(
    (id) => zone.accountIds.has(id) || zone.networkIds.has(id) || zone.uniqueIds.has(id),
  );
  return [resource.arn, resource.accountId, zone.organizationId, side.restrictedToOwner, mentioned.join(), text].join(
    '\n',
  );
}
