import { randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { didYouMean } from '../../base/nearest.js';
import { attributes, isAttribute } from '../../findings/hub/finding-attributes.js';
import type { FindingFilters } from '../../findings/hub/finding-hub.js';
import { notFound, Refusal } from '../http/api-error.js';
import { route, type Call } from '../http/route.js';
import { scopeOf } from './finding-access.js';
import { closed, filters } from './schemas.js';

const tag = 'insights';
const VALUES_MAX = 100;

/** An insight, as AWS's GetInsights shows it. */
interface Insight {
  readonly InsightArn: string;
  readonly Name: string;
  readonly Filters: FindingFilters;
  readonly GroupByAttribute: string;
}

const insight = Type.Unsafe<Insight>(Type.Record(Type.String(), Type.Unknown()));
const params = closed({ id: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }) });

const idOf = ({ InsightArn }: Insight) => InsightArn.slice(InsightArn.lastIndexOf('/') + 1);

async function insightOf({ hub, params: { id } }: Call<unknown, unknown, { id: string }>): Promise<Insight> {
  const all = await hub.findings.documents.list<Insight>('insight');
  const found = all.find((each) => idOf(each) === id);
  if (found === undefined) throw notFound('insight', id);
  return found;
}

export const insightRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/insights',
    permission: 'insights:read',
    summary: 'Insights: saved filters with what is counted by',
    tag,
    answer: Type.Object({ insights: Type.Array(insight), ids: Type.Array(Type.String()) }),
    handle: async ({ hub }) => {
      const insights = await hub.findings.documents.list<Insight>('insight');
      return { insights: [...insights], ids: insights.map(idOf) };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/insights',
    permission: 'insights:change',
    summary: 'Make an insight',
    tag,
    body: closed({
      name: Type.String({ minLength: 1, maxLength: 128 }),
      filters,
      groupBy: Type.String({ pattern: '^[A-Z][A-Za-z0-9]{0,99}$', description: 'for example `ResourceType`' }),
    }),
    answer: Type.Object({ id: Type.String(), insight }),
    handle: async ({ hub, body }) => {
      const { partition, region, accountId } = hub.organization;
      if (!isAttribute(body.groupBy)) {
        const next = didYouMean(body.groupBy, Object.keys(attributes));
        const options = { field: 'body.groupBy', ...(next === undefined ? {} : { next }) };
        throw new Refusal(400, 'invalid-field', `nothing can be counted by \`${body.groupBy}\``, options);
      }
      // Filters that say nothing are refused now, not by whoever looks at the insight.
      await hub.findings.countBy(body.groupBy, { filters: body.filters, limit: 1 });
      const id = randomUUID();
      const InsightArn = `arn:${partition}:securityhub:${region}:${accountId}:insight/${accountId}/custom/${id}`;
      const made = { InsightArn, Name: body.name, Filters: body.filters, GroupByAttribute: body.groupBy };
      await hub.findings.documents.put('insight', InsightArn, made);
      return { id, insight: made };
    },
  }),
  route({
    method: 'GET',
    url: '/api/v1/insights/:id/results',
    permission: 'insights:read',
    summary: 'What an insight counts now, of what the caller may see',
    tag,
    params,
    answer: Type.Object({
      insight,
      values: Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() })),
    }),
    handle: async (call) => {
      const found = await insightOf(call);
      const asked = { filters: found.Filters, limit: VALUES_MAX, ...scopeOf(call) };
      return { insight: found, values: [...(await call.hub.findings.countBy(found.GroupByAttribute, asked))] };
    },
  }),
  route({
    method: 'DELETE',
    url: '/api/v1/insights/:id',
    permission: 'insights:change',
    summary: 'Remove an insight',
    tag,
    params,
    answer: Type.Object({ removed: Type.Boolean() }),
    handle: async (call) => {
      const { InsightArn } = await insightOf(call);
      return { removed: await call.hub.findings.documents.remove('insight', InsightArn) };
    },
  }),
];
