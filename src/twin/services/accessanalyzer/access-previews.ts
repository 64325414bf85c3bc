import type { AccessPreviewFinding } from '@aws-sdk/client-accessanalyzer';
import { toStored, type Stored } from '../../../base/json.js';
import type { ResourceTypes } from '../../../estate/resource-types.js';
import { matchesFilter, type FilterableFinding } from '../../../policy/questions/archive-rules.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { externalAnalyzerAt, more } from './analyzer.js';
import { checkedFilter } from './archive-rule.js';
import { conflict, invalid, notFound } from './errors.js';
import { previewOf } from './preview.js';

type StoredPreview = ResourceTypes['Hikeshi::AccessAnalyzer::AccessPreview'];

const previewsOf = (context: Context) => context.table('Hikeshi::AccessAnalyzer::AccessPreview');
const arnOf = (analyzerArn: string, id: string) => `${analyzerArn}/access-preview/${id}`;

/** The preview of an id, or ResourceNotFoundException. */
function previewAt(context: Context, analyzerArn: string, id: string): StoredPreview {
  externalAnalyzerAt(context, analyzerArn);
  const found = previewsOf(context).get(arnOf(analyzerArn, id));
  if (found === undefined) throw notFound('AccessPreview', id);
  return found.configuration;
}

/** A finding of a preview as filters see it. */
function filterable(finding: Stored<AccessPreviewFinding>): FilterableFinding {
  const { id = '', resource = '', resourceType = '', resourceOwnerAccount = '', isPublic, error } = finding;
  const [principal] = Object.entries(finding.principal ?? {});
  const condition = Object.entries(finding.condition ?? {}).map(([key, value]) => [key, value.split(',')] as const);
  return {
    id,
    resourceArn: resource,
    resourceType: resourceType as FilterableFinding['resourceType'],
    ownerAccountId: resourceOwnerAccount,
    isPublic: isPublic === true,
    condition: Object.fromEntries(condition),
    error,
    ...(finding.status === undefined ? {} : { status: finding.status }),
    ...(principal === undefined ? {} : { principal: { type: principal[0] as 'AWS', value: principal[1] } }),
  };
}

/** The handlers of access previews. */
export const accessPreviews = handlers('accessanalyzer', {
  CreateAccessPreview({ analyzerArn, configurations }, context) {
    const analyzer = externalAnalyzerAt(context, analyzerArn);
    const [one, ...others] = Object.entries(configurations);
    if (one === undefined || others.length > 0) {
      throw invalid('configurations', 'An access preview is of exactly one resource.');
    }
    const Findings = previewOf(context, analyzer, ...one);
    const id = context.uuid();
    previewsOf(context).put(arnOf(analyzerArn, id), {
      id,
      analyzerArn,
      configurations: toStored(configurations),
      createdAt: context.now.toISOString(),
      status: Findings === undefined ? 'FAILED' : 'COMPLETED',
      ...(Findings === undefined ? { statusReason: { code: 'INVALID_CONFIGURATION' } } : {}),
      Findings: Findings ?? [],
    });
    return { id };
  },
  GetAccessPreview({ analyzerArn, accessPreviewId }, context) {
    const { Findings: _, ...accessPreview } = previewAt(context, analyzerArn, accessPreviewId);
    return { accessPreview: accessPreview as never };
  },
  ListAccessPreviews({ analyzerArn, nextToken, maxResults }, context) {
    externalAnalyzerAt(context, analyzerArn);
    const all = previewsOf(context)
      .all()
      .filter(({ configuration }) => configuration.analyzerArn === analyzerArn)
      .map(({ configuration: { Findings: _, configurations: __, ...summary } }) => summary);
    const { items, next } = context.page(all, nextToken, maxResults);
    return { accessPreviews: items, ...more(next) };
  },
  ListAccessPreviewFindings({ analyzerArn, accessPreviewId, filter, nextToken, maxResults }, context) {
    const { Findings, status } = previewAt(context, analyzerArn, accessPreviewId);
    if (status !== 'COMPLETED') {
      throw conflict('AccessPreview', accessPreviewId, `The access preview is ${status ?? 'unknown'}.`);
    }
    const wanted = checkedFilter(filter);
    const all = Findings.filter((finding) => matchesFilter(filterable(finding), wanted));
    const { items, next } = context.page(all, nextToken, maxResults);
    return { findings: items, ...more(next) };
  },
});
