import { didYouMean } from '../../../base/nearest.js';
import type { Insight } from '@aws-sdk/client-securityhub';
import { toStored, type Stored } from '../../../base/json.js';
import { attributes, isAttribute } from '../../../findings/hub/finding-attributes.js';
import { compileFilters } from '../../../findings/hub/finding-filters.js';
import type { FindingFilters } from '../../../findings/hub/finding-hub.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { invalidInput, more, notFound, opened, refuseMistake, type SecurityHubBackend } from './hub-access.js';

/** Source: Security Hub user guide, "Security Hub quotas". */
const INSIGHTS_MAX = 100;
const RESULTS_MAX = 100;

type Kept = Stored<Insight>;

/** Insights: filters with an attribute to count by. */
export function insightOperations(backend: SecurityHubBackend) {
  const found = async (context: Context, arn: string) => {
    const hub = opened(backend, context);
    const insight = await hub.documents.get<Kept>('insight', arn);
    if (insight === undefined) throw notFound(`Insight ${arn}`);
    return { hub, insight };
  };
  const check = (context: Context, filters: FindingFilters | undefined, attribute: string | undefined) => {
    const compiled = compileFilters(filters, context.now);
    if ('mistake' in compiled) throw refuseMistake(compiled.mistake);
    if (attribute !== undefined && !isAttribute(attribute)) {
      const like = didYouMean(attribute, Object.keys(attributes)) ?? '';
      throw invalidInput(`Invalid parameter GroupByAttribute: there is no attribute ${attribute}; ${like}`);
    }
  };
  return handlers('securityhub', {
    async CreateInsight(input, context) {
      const hub = opened(backend, context);
      const Filters = toStored(input.Filters) as FindingFilters;
      check(context, Filters, input.GroupByAttribute);
      if ((await hub.documents.list('insight')).length >= INSIGHTS_MAX) {
        throw new AwsError('LimitExceededException', `There may be at most ${INSIGHTS_MAX} insights.`, { status: 429 });
      }
      const InsightArn = context.arn(`insight/${context.accountId}/custom/${context.uuid()}`);
      const made = { InsightArn, Name: input.Name, Filters, GroupByAttribute: input.GroupByAttribute };
      await hub.documents.put('insight', InsightArn, made);
      return { InsightArn };
    },
    async GetInsights(input, context) {
      const all = await opened(backend, context).documents.list<Kept>('insight');
      const wanted = all.filter(({ InsightArn = '' }) => input.InsightArns?.includes(InsightArn) ?? true);
      const { items, next } = context.page(wanted, input.NextToken, input.MaxResults, 100);
      return { Insights: items as never, ...more(next) };
    },
    async UpdateInsight(input, context) {
      const { hub, insight } = await found(context, input.InsightArn);
      const { Name, Filters, GroupByAttribute } = input;
      const filters = Filters === undefined ? insight.Filters : (toStored(Filters) as FindingFilters);
      check(context, filters, GroupByAttribute);
      await hub.documents.put('insight', input.InsightArn, {
        ...insight,
        ...(Name === undefined ? {} : { Name }),
        Filters: filters,
        ...(GroupByAttribute === undefined ? {} : { GroupByAttribute }),
      });
      return {};
    },
    async DeleteInsight(input, context) {
      const { hub } = await found(context, input.InsightArn);
      await hub.documents.remove('insight', input.InsightArn);
      return { InsightArn: input.InsightArn };
    },
    async GetInsightResults(input, context) {
      const { hub, insight } = await found(context, input.InsightArn);
      const accounts = backend.accounts?.(context);
      const { GroupByAttribute = '', Filters } = insight;
      const counts = await hub.countBy(GroupByAttribute, {
        ...(Filters === undefined ? {} : { filters: Filters }),
        limit: RESULTS_MAX,
        ...(accounts === undefined ? {} : { accounts }),
      });
      const ResultValues = counts.map(({ value, count }) => ({ GroupByAttributeValue: value, Count: count }));
      return { InsightResults: { InsightArn: input.InsightArn, GroupByAttribute, ResultValues } };
    },
  });
}
