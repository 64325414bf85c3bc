import type { Criterion, SortCriteria } from '@aws-sdk/client-accessanalyzer';
import { matchesFilter } from '../../../policy/questions/archive-rules.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { analyzersOf, externalAnalyzerAt, more } from './analyzer.js';
import { checkedFilter } from './archive-rule.js';
import { invalid, notFound } from './errors.js';
import { findingsOf, type AnalyzerFinding } from './finding.js';

/** The members that findings can be sorted by. */
const SORTED_BY = [
  'analyzedAt',
  'createdAt',
  'error',
  'id',
  'isPublic',
  'resource',
  'resourceOwnerAccount',
  'resourceType',
  'status',
  'updatedAt',
] as const;

interface Listing {
  readonly analyzerArn: string;
  readonly filter?: Record<string, Criterion> | undefined;
  readonly sort?: SortCriteria | undefined;
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** One page of the findings that a listing asks for. */
function listed(context: Context, { analyzerArn, filter, sort, nextToken, maxResults }: Listing) {
  const analyzer = externalAnalyzerAt(context, analyzerArn);
  const wanted = checkedFilter(filter);
  const all = findingsOf(context, analyzer).filter(({ filterable }) => matchesFilter(filterable, wanted));
  return context.page(sorted(all, sort), nextToken, maxResults);
}

/** Ascending unless told; findings that are alike stay in the order they were found. */
function sorted(findings: readonly AnalyzerFinding[], sort: SortCriteria | undefined): readonly AnalyzerFinding[] {
  if (sort?.attributeName === undefined) return findings;
  const name = SORTED_BY.find((one) => one === sort.attributeName);
  if (name === undefined) throw invalid('sort', `Findings cannot be sorted by ${sort.attributeName}.`);
  const sign = sort.orderBy === 'DESC' ? -1 : 1;
  const text = ({ shown }: AnalyzerFinding) => String(shown[name] ?? '');
  return findings.toSorted((one, other) => sign * (text(one) < text(other) ? -1 : text(one) > text(other) ? 1 : 0));
}

/** The finding of an id, or ResourceNotFoundException. */
function findingAt(context: Context, analyzerArn: string, id: string): AnalyzerFinding {
  const found = findingsOf(context, externalAnalyzerAt(context, analyzerArn)).find(({ shown }) => shown.id === id);
  if (found === undefined) throw notFound('Finding', id);
  return found;
}

/** The newer shape: what only findings of external access have is in their details. */
function summaryV2({ shown }: AnalyzerFinding) {
  const { id, resource, resourceType, resourceOwnerAccount, status, error, createdAt, analyzedAt, updatedAt } = shown;
  return {
    ...{ id, resource, resourceType, resourceOwnerAccount, status, createdAt, analyzedAt, updatedAt },
    ...(error === undefined ? {} : { error }),
    findingType: 'ExternalAccess' as const,
  };
}

function detailsOf({ shown }: AnalyzerFinding) {
  const { principal, action, isPublic, condition, sources, resourceControlPolicyRestriction } = shown;
  const externalAccessDetails = {
    condition,
    ...(principal === undefined ? {} : { principal, action, isPublic, sources }),
    resourceControlPolicyRestriction,
  };
  return { externalAccessDetails };
}

function noneCounted() {
  return { totalActivePublic: 0, totalActiveCrossAccount: 0, totalActiveErrors: 0 };
}

/** The handlers of findings. */
export const findings = handlers('accessanalyzer', {
  ListFindings(input, context) {
    const { items, next } = listed(context, input);
    return { findings: items.map(({ shown }) => shown), ...more(next) };
  },
  ListFindingsV2(input, context) {
    const { items, next } = listed(context, input);
    return { findings: items.map(summaryV2), ...more(next) };
  },
  GetFinding: (input, context) => ({ finding: findingAt(context, input.analyzerArn, input.id).shown }),
  GetFindingV2(input, context) {
    const found = findingAt(context, input.analyzerArn, input.id);
    return { ...summaryV2(found), findingDetails: [detailsOf(found)] };
  },
  UpdateFindings(input, context) {
    const analyzer = externalAnalyzerAt(context, input.analyzerArn);
    const { ids = [], resourceArn, status } = input;
    if (ids.length === 0 && resourceArn === undefined) throw invalid('ids', 'Either ids or resourceArn must be given.');
    const all = findingsOf(context, analyzer);
    const unknown = ids.find((id) => !all.some(({ shown }) => shown.id === id));
    if (unknown !== undefined) throw notFound('Finding', unknown);
    const updatedAt = context.now.toISOString();
    analyzersOf(context).edit(analyzer.arn, (edited) => {
      const statuses = (edited.FindingStatuses ??= {});
      for (const { shown, about } of all) {
        const { id = '', resource } = shown;
        if (ids.includes(id) || (resourceArn !== undefined && resource === resourceArn)) {
          statuses[id] = { status, updatedAt, ...(about === undefined ? {} : { about }) };
        }
      }
    });
  },
  GetFindingsStatistics(input, context) {
    const all = findingsOf(context, externalAnalyzerAt(context, input.analyzerArn)).map(({ shown }) => shown);
    const byType: Record<string, ReturnType<typeof noneCounted>> = {};
    const active = all.filter(({ status }) => status === 'ACTIVE');
    for (const { resourceType = '', error, isPublic } of active) {
      const counts = (byType[resourceType] ??= noneCounted());
      if (error !== undefined) counts.totalActiveErrors++;
      else if (isPublic === true) counts.totalActivePublic++;
      else counts.totalActiveCrossAccount++;
    }
    const externalAccessFindingsStatistics = {
      resourceTypeStatistics: byType,
      totalActiveFindings: active.length,
      totalArchivedFindings: all.length - active.length,
      totalResolvedFindings: 0,
    };
    return { findingsStatistics: [{ externalAccessFindingsStatistics }], lastUpdatedAt: context.now };
  },
});
