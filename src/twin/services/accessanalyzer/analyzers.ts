import type { CreateAnalyzerRequest } from '@aws-sdk/client-accessanalyzer';
import { toStored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { analyzerArn, analyzerAt, analyzerNamed, analyzersOf, more, type Analyzer } from './analyzer.js';
import { checkedFilter, RULES_MAX, ruleMade } from './archive-rule.js';
import { conflict, invalid, notSupported } from './errors.js';

/** Analyzers of one zone in one region. Source: IAM user guide, "IAM Access Analyzer quotas". */
const ANALYZERS_MAX = { ACCOUNT: 1, ORGANIZATION: 20 } as const;

/** What AWS shows of an analyzer. */
function summaryOf({ ArchiveRules: _, FindingStatuses: __, ...summary }: Analyzer) {
  return { ...summary, configuration: undefined };
}

/** Refuses what the twin cannot analyze, and an organization's analyzer where AWS would. */
function checkedType(context: Context, { type, configuration }: CreateAnalyzerRequest): 'ACCOUNT' | 'ORGANIZATION' {
  if (type !== 'ACCOUNT' && type !== 'ORGANIZATION') {
    throw notSupported(`analyzers of type ${type}: unused and internal access are not analyzed`);
  }
  if (configuration !== undefined) {
    throw invalid('configuration', `An analyzer of type ${type} has no configuration.`);
  }
  const { managementAccountId } = context.estate.header;
  if (type === 'ORGANIZATION' && managementAccountId !== context.accountId) {
    throw invalid('type', 'Only the management account of an organization can make an analyzer of it on the twin.');
  }
  return type;
}

/** The handlers of analyzers and their tags. */
export const analyzers = handlers('accessanalyzer', {
  CreateAnalyzer(input, context) {
    const arn = analyzerArn(context, input.analyzerName);
    context.authorize(arn);
    const type = checkedType(context, input);
    const table = analyzersOf(context);
    if (table.get(arn) !== undefined) {
      throw conflict('Analyzer', arn, `An analyzer named ${input.analyzerName} already exists.`);
    }
    if (table.all().filter(({ configuration }) => configuration.type === type).length >= ANALYZERS_MAX[type]) {
      throw new AwsError('ServiceQuotaExceededException', `There may be ${ANALYZERS_MAX[type]} of type ${type}.`, {
        status: 402,
        members: { resourceId: arn, resourceType: 'Analyzer' },
      });
    }
    const rules = input.archiveRules ?? [];
    if (rules.length > RULES_MAX) throw invalid('archiveRules', `There may be at most ${RULES_MAX} archive rules.`);
    table.put(arn, {
      arn,
      name: input.analyzerName,
      type,
      createdAt: context.now.toISOString(),
      status: 'ACTIVE',
      tags: input.tags ?? {},
      ArchiveRules: rules.map(({ ruleName, filter }) => ruleMade(ruleName ?? '', checkedFilter(filter), context.now)),
    });
    return { arn };
  },
  GetAnalyzer: (input, context) => ({ analyzer: summaryOf(analyzerNamed(context, input.analyzerName).configuration) }),
  ListAnalyzers(input, context) {
    context.authorize();
    const all = analyzersOf(context)
      .all()
      .map(({ configuration }) => summaryOf(configuration))
      .filter(({ type }) => input.type === undefined || type === input.type);
    const { items, next } = context.page(all, input.nextToken, input.maxResults);
    return { analyzers: items, ...more(next) };
  },
  DeleteAnalyzer(input, context) {
    analyzersOf(context).remove(analyzerNamed(context, input.analyzerName).arn);
  },
  ListTagsForResource: (input, context) => ({ tags: analyzerAt(context, input.resourceArn).configuration.tags ?? {} }),
  TagResource(input, context) {
    const { arn } = analyzerAt(context, input.resourceArn);
    analyzersOf(context).edit(arn, (edited) => {
      edited.tags = { ...edited.tags, ...toStored(input.tags) };
    });
    return {};
  },
  UntagResource(input, context) {
    const { arn } = analyzerAt(context, input.resourceArn);
    const gone = new Set(input.tagKeys);
    analyzersOf(context).edit(arn, (edited) => {
      edited.tags = Object.fromEntries(Object.entries(edited.tags ?? {}).filter(([key]) => !gone.has(key)));
    });
    return {};
  },
});
