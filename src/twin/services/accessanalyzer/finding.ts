import { createHash } from 'node:crypto';
import type { Finding, FindingStatus, ResourceType } from '@aws-sdk/client-accessanalyzer';
import type { Resource } from '../../../estate/estate.js';
import type { DecidedAccess } from '../../../estate/decided-access.js';
import { decidedAccess, isAsDecided } from '../../../policy/questions/decided-access.js';
import type { Stored } from '../../../base/json.js';
import { archivingRule, type FilterableFinding } from '../../../policy/questions/archive-rules.js';
import type { ResourceAnalysis } from '../../../policy/questions/estate-access.js';
import type { ExternalAccess } from '../../../policy/questions/external-access.js';
import type { Context } from '../../context.js';
import { analysisOf, type ZoneAnalysis } from './analysis.js';
import { zoneAccountId, type Analyzer } from './analyzer.js';
import { archiveRule } from './archive-rule.js';

/** One finding of an analyzer: in AWS's shape, and as filters see it. */
export interface AnalyzerFinding {
  readonly shown: Stored<Finding>;
  readonly filterable: FilterableFinding;
  /** What a decision about it is made on; nothing for an error. */
  readonly about?: DecidedAccess;
}

/** What keeps the twin from seeing a policy: the reads whose failure leaves a hole in a resource's own side. */
const POLICY_READS = new Set([
  'DescribeSnapshotAttribute',
  'GetBucketAcl',
  'GetBucketPolicy',
  'GetKeyPolicy',
  'GetPolicy',
  'GetQueueAttributes',
  'GetTopicAttributes',
  'ListGrants',
]);

/**
 * The findings of an analyzer, computed from the estate as it is now.
 *
 * What could not be decided, read or collected is a finding with an error, as AWS has it: silence would mean that there
 * is no access.
 */
export function findingsOf(context: Context, analyzer: Resource<'AWS::AccessAnalyzer::Analyzer'>): AnalyzerFinding[] {
  const analysis = analysisOf(context.estate, context.region, zoneAccountId(analyzer));
  const unread = new Set<string>();
  for (const { operation, resourceArn } of context.estate.gaps) {
    if (resourceArn !== undefined && POLICY_READS.has(operation)) unread.add(resourceArn);
  }
  return analysis.resources.flatMap((one) => [
    ...one.findings.map((finding) => {
      const { analyzed, resource } = one;
      const seen = ofItsBucket(finding, resource);
      if (analyzed === undefined) return show(seen, analyzer.configuration, analysis, context.now);
      const isStill = (about: DecidedAccess): boolean => isAsDecided(about, finding, analyzed, analysis.zone);
      const shown = show(seen, analyzer.configuration, analysis, context.now, isStill);
      return { ...shown, about: decidedAccess(finding, analyzed, one.findings) };
    }),
    ...errorsOf(one, unread).map((finding) =>
      show(ofItsBucket(finding, one.resource), analyzer.configuration, analysis, context.now),
    ),
  ]);
}

/** An access point's findings are its bucket's, by a source that names it. Source: API reference, `FindingSource`. */
function ofItsBucket<One extends Found>(found: One, resource: Resource): One & { readonly accessPointArn?: string } {
  if (resource.type !== 'AWS::S3::AccessPoint') return found;
  const { arn, configuration } = resource as Resource<'AWS::S3::AccessPoint'>;
  const resourceArn = `arn:${arn.split(':')[1] ?? 'aws'}:s3:::${configuration.Bucket ?? ''}`;
  return { ...found, resourceArn, resourceType: 'AWS::S3::Bucket', accessPointArn: arn };
}

/** A finding's own part: what an analysis says, or an error in its place. */
type Found = (ExternalAccess | (FilterableFinding & { readonly error: string })) & { readonly accessPointArn?: string };

function errorsOf({ resource, undetermined, unreadable }: ResourceAnalysis, unread: ReadonlySet<string>): Found[] {
  const error = unread.has(resource.arn) ? 'ACCESS_DENIED' : 'INTERNAL_ERROR';
  if (undetermined.length === 0 && unreadable.length === 0 && error === 'INTERNAL_ERROR') return [];
  const id = uuidOf(`${error} ${resource.accountId} ${resource.arn}`);
  const { arn: resourceArn, type: resourceType, accountId: ownerAccountId } = resource;
  return [{ id, resourceArn, resourceType, ownerAccountId, isPublic: false, condition: {}, error }];
}

/** A finding as an analyzer shows it: with the status that people and rules gave it. */
export function show(
  found: Found,
  analyzer: Analyzer,
  { restriction }: Pick<ZoneAnalysis, 'restriction'>,
  now: Date,
  isStill: (about: DecidedAccess) => boolean = () => false,
): AnalyzerFinding {
  const { status, updatedAt } = statusOf(found, analyzer, now, isStill);
  const isError = 'error' in found;
  const shown = {
    id: found.id,
    ...(isError ? { error: found.error } : accessOf(found)),
    resource: found.resourceArn,
    resourceType: found.resourceType as ResourceType,
    resourceOwnerAccount: found.ownerAccountId,
    condition: conditionMap(found.condition),
    createdAt: analyzer.createdAt ?? now.toISOString(),
    analyzedAt: now.toISOString(),
    updatedAt,
    status,
    resourceControlPolicyRestriction: restriction(found.ownerAccountId),
  };
  return { shown, filterable: { ...found, status } };
}

/** What a finding of external access says beyond where it is. */
function accessOf({
  principal,
  actions,
  isPublic,
  statements,
  accessPointArn,
}: ExternalAccess & { accessPointArn?: string }) {
  const fromAcl = (name: string) => name.startsWith('ACL of ');
  const names = statements.map(({ policy }) => policy.name);
  return {
    principal: { [principal.type]: principal.value },
    action: [...actions],
    isPublic,
    sources:
      accessPointArn !== undefined
        ? [{ type: 'S3_ACCESS_POINT' as const, detail: { accessPointArn } }]
        : [
            ...(names.every(fromAcl) ? [] : [{ type: 'POLICY' as const }]),
            ...(names.some(fromAcl) ? [{ type: 'BUCKET_ACL' as const }] : []),
          ],
  };
}

/** What a person decided, else what the rules in force say. */
function statusOf(
  found: Found,
  analyzer: Analyzer,
  now: Date,
  isStill: (about: DecidedAccess) => boolean,
): { status: FindingStatus; updatedAt: string } {
  const all = Object.entries(analyzer.FindingStatuses ?? {});
  const holds = ([id, { about }]: (typeof all)[number]) => (about === undefined ? id === found.id : isStill(about));
  // Of several that hold, the last decision: what is said again is said anew.
  const decided = all
    .filter(holds)
    .sort(([, one], [, other]) => (one.updatedAt < other.updatedAt ? -1 : 1))
    .at(-1)?.[1];
  if (decided !== undefined) return { status: decided.status ?? 'ACTIVE', updatedAt: decided.updatedAt };
  const rules = analyzer.ArchiveRules ?? [];
  const rule = archivingRule(found, rules.map(archiveRule), now);
  const updatedAt = rules.find(({ ruleName }) => ruleName === rule?.name)?.updatedAt;
  return {
    status: rule === undefined ? 'ACTIVE' : 'ARCHIVED',
    updatedAt: updatedAt ?? analyzer.createdAt ?? now.toISOString(),
  };
}

/** AWS's map has one text a key: values are joined, and those a key must not have say so. */
function conditionMap(condition: FilterableFinding['condition']): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, values] of Object.entries(condition)) {
    const space = name.indexOf(' ');
    const key = name.slice(space + 1);
    const text = `${name.slice(0, space).includes('Not') ? 'not ' : ''}${values.join(',')}`;
    result[key] = result[key] === undefined ? text : `${result[key]}; ${text}`;
  }
  return result;
}

/** A UUID made of a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
