import type { ResourceType } from '@aws-sdk/client-accessanalyzer';
import type { Resource } from '../../../estate/estate.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { analysisOf } from './analysis.js';
import { analyzersOf, externalAnalyzerAt, more, zoneAccountId } from './analyzer.js';
import { notFound } from './errors.js';
import { findingsOf } from './finding.js';

/** What an analyzer looks at. */
function resourcesOf(context: Context, analyzer: Resource<'AWS::AccessAnalyzer::Analyzer'>): readonly Resource[] {
  const { resources } = analysisOf(context.estate, context.region, zoneAccountId(analyzer));
  // What an access point shares is its bucket's.
  return resources.map(({ resource }) => resource).filter(({ type }) => type !== 'AWS::S3::AccessPoint');
}

function summaryOf({ arn, accountId, type }: Resource) {
  return { resourceArn: arn, resourceOwnerAccount: accountId, resourceType: type as ResourceType };
}

/** The handlers of analyzed resources. */
export const analyzedResources = handlers('accessanalyzer', {
  ListAnalyzedResources(input, context) {
    const all = resourcesOf(context, externalAnalyzerAt(context, input.analyzerArn))
      .map(summaryOf)
      .filter(({ resourceType }) => input.resourceType === undefined || resourceType === input.resourceType);
    const { items, next } = context.page(all, input.nextToken, input.maxResults);
    return { analyzedResources: items, ...more(next) };
  },
  GetAnalyzedResource(input, context) {
    const analyzer = externalAnalyzerAt(context, input.analyzerArn);
    const found = resourcesOf(context, analyzer).find(({ arn }) => arn === input.resourceArn);
    if (found === undefined) throw notFound('Resource', input.resourceArn);
    const findings = findingsOf(context, analyzer)
      .map(({ shown }) => shown)
      .filter(({ resource }) => resource === found.arn);
    const [first] = findings;
    const status = findings.some((one) => one.status === 'ACTIVE') ? 'ACTIVE' : first?.status;
    const error = findings.find((one) => one.error !== undefined)?.error;
    const createdAt = analyzer.configuration.createdAt ?? context.now;
    return {
      resource: {
        ...summaryOf(found),
        createdAt,
        analyzedAt: context.now,
        updatedAt: first?.updatedAt ?? createdAt,
        isPublic: findings.some(({ isPublic }) => isPublic === true),
        actions: [...new Set(findings.flatMap(({ action }) => action ?? []))].sort(),
        sharedVia: [...new Set(findings.flatMap(({ sources }) => (sources ?? []).map(({ type }) => type ?? '')))],
        ...(status === undefined ? {} : { status }),
        ...(error === undefined ? {} : { error }),
      },
    };
  },
  StartResourceScan(input, context) {
    const analyzer = externalAnalyzerAt(context, input.analyzerArn);
    const found = resourcesOf(context, analyzer).find(
      ({ arn, accountId }) => arn === input.resourceArn && (input.resourceOwnerAccount ?? accountId) === accountId,
    );
    if (found === undefined) throw notFound('Resource', input.resourceArn);
    analyzersOf(context).edit(analyzer.arn, (edited) => {
      edited.lastResourceAnalyzed = found.arn;
      edited.lastResourceAnalyzedAt = context.now.toISOString();
    });
  },
});
