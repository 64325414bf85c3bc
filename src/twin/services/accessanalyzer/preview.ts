import type { AccessPreviewFinding, Configuration } from '@aws-sdk/client-accessanalyzer';
import type { Stored } from '../../../base/json.js';
import type { Resource } from '../../../estate/estate.js';
import { Fork } from '../../../estate/fork.js';
import type { TypeName } from '../../../estate/resource-types.js';
import { AccessGatherer } from '../../../policy/gather/access-gatherer.js';
import { resourceAnalyses } from '../../../policy/questions/estate-access.js';
import { isAsDecided } from '../../../policy/questions/decided-access.js';
import {
  externalAccess,
  type AnalyzedResource,
  type ExternalAnalysis,
} from '../../../policy/questions/external-access.js';
import { zoneOf } from '../../../policy/questions/zone-of-trust.js';
import type { Context } from '../../context.js';
import { rcps } from './analysis.js';
import { zoneAccountId } from './analyzer.js';
import { invalid } from './errors.js';
import { findingsOf, show } from './finding.js';
import { proposedResource, type Place } from './proposal.js';

type Analyzer = Resource<'AWS::AccessAnalyzer::Analyzer'>;

/** What the analysis of a proposal found, and what it looked at; nothing where nothing is shared. */
type Analysis = ExternalAnalysis & { readonly analyzed?: AnalyzedResource };

/** What a preview found; `undefined` when the proposed policy is none, or could not be decided. */
export type Preview = Stored<AccessPreviewFinding>[] | undefined;

/**
 * The findings that there would be on a resource, were it configured as proposed: new ones, those that stay, and those
 * that would be resolved. It is computed on a fork, so nothing changes.
 */
export function previewOf(context: Context, analyzer: Analyzer, arn: string, configuration: Configuration): Preview {
  const { estate, now } = context;
  const place = placeOf(context, arn);
  if ((zoneAccountId(analyzer) ?? place.accountId) !== place.accountId) {
    throw invalid('configurations', `The resource ${arn} is not of the analyzer's account.`);
  }
  const fork = new Fork(estate);
  const gatherer = new AccessGatherer(fork);
  const analysis =
    configuration.secretsManagerSecret === undefined
      ? analysisOf(fork, gatherer, analyzer, place, configuration)
      : secretAnalysis(fork, gatherer, analyzer, place, configuration.secretsManagerSecret.secretPolicy);
  if (analysis === undefined || analysis.undetermined.length > 0) return undefined;

  const existing = new Map(
    findingsOf(context, analyzer).flatMap((one) => (one.shown.resource === arn ? [[one.shown.id ?? '', one]] : [])),
  );
  const zone = zoneOf(fork, gatherer.organization, zoneAccountId(analyzer));
  const proposed = analysis.findings.map((found) => show(found, analyzer.configuration, rcps(gatherer), now).shown);
  const createdAt = now.toISOString();
  const kept = proposed.map(({ analyzedAt: _, updatedAt: __, ...finding }) => {
    const known = existing.get(finding.id ?? '');
    if (known === undefined) return { ...finding, createdAt, changeType: 'NEW' as const };
    const found = analysis.findings.find(({ id }) => id === finding.id);
    const { about } = known;
    const isSame =
      about === undefined ||
      (found !== undefined && analysis.analyzed !== undefined && isAsDecided(about, found, analysis.analyzed, zone));
    const changeType = isSame ? ('UNCHANGED' as const) : ('CHANGED' as const);
    return { ...finding, createdAt, changeType, ...existingOf(known.shown) };
  });
  const shown = [...existing.values()].map((one) => one.shown);
  const gone = shown.filter(({ id }) => !proposed.some((one) => one.id === id));
  const resolved = gone.map(({ analyzedAt: _, updatedAt: __, ...finding }) => ({
    ...{ ...finding, createdAt, changeType: 'CHANGED' as const, ...existingOf(finding) },
    status: 'RESOLVED' as const,
  }));
  return [...kept, ...resolved];
}

function existingOf({ id, status }: Pick<AccessPreviewFinding, 'id' | 'status'>) {
  return {
    ...(id === undefined ? {} : { existingFindingId: id }),
    ...(status === undefined ? {} : { existingFindingStatus: status }),
  };
}

/** Where a resource lies: its ARN says, but for buckets, which are the caller's in the region called. */
function placeOf(context: Context, arn: string): Place {
  const [, , , region = '', accountId = ''] = arn.split(':');
  return { arn, accountId: accountId || context.accountId, region: region || context.region };
}

function analysisOf(
  fork: Fork,
  gatherer: AccessGatherer,
  analyzer: Analyzer,
  place: Place,
  configuration: Configuration,
): Analysis | undefined {
  const proposed = proposedResource(configuration, place, (type) => fork.get(type, place.arn));
  fork.put(proposed);
  const accountId = zoneAccountId(analyzer);
  const where = (one: Resource) =>
    one.type === proposed.type && one.arn === proposed.arn && one.accountId === proposed.accountId;
  const zone = accountId === undefined ? {} : { accountId };
  const [analysis] = [...resourceAnalyses(fork, gatherer, { ...zone, where })];
  return analysis === undefined || analysis.unreadable.length > 0 ? undefined : analysis;
}

/** Secrets are in no estate: a preview looks at the proposed policy alone. */
function secretAnalysis(
  fork: Fork,
  gatherer: AccessGatherer,
  analyzer: Analyzer,
  { arn, accountId }: Place,
  text: string | undefined,
): Analysis | undefined {
  if (text === undefined || text === '') return { findings: [], undetermined: [] };
  const policy = gatherer.library.get(text, 'resource', `policy of ${arn}`);
  if (policy === undefined) return undefined;
  const side = { ...gatherer.sideOf(undefined, accountId, 'secretsmanager:any'), policies: [policy] };
  const facts = new Map([
    ['aws:resourceaccount', accountId],
    ['aws:resourceorgid', gatherer.organization.id ?? null],
  ]);
  const type = 'AWS::SecretsManager::Secret' as TypeName;
  const zone = zoneOf(fork, gatherer.organization, zoneAccountId(analyzer));
  const analyzed = { resource: { arn, type, accountId }, side, scope: [arn], facts };
  return { ...externalAccess(analyzed, zone), analyzed };
}
