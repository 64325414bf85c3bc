import { Type, type Static } from '@sinclair/typebox';
import type { FindingFilters, FindingQuery } from '../../findings/hub/finding-hub.js';
import { route, type Call } from '../http/route.js';
import { findingOf, identifierOf, keyOf, scopeOf } from './finding-access.js';
import { accountId, asff, closed, cursor, filters, limit, timestamp } from './schemas.js';

const tag = 'findings';
const LIMIT_DEFAULT = 50;

const sort = Type.Array(Type.String({ pattern: '^[A-Z][A-Za-z]{0,99}:(asc|desc)$' }), {
  maxItems: 3,
  description: '`FIELD:asc` or `FIELD:desc`, for example `SeverityNormalized:desc`',
});
const page = Type.Object({
  findings: Type.Array(asff),
  keys: Type.Array(Type.String(), { description: "the findings' names in URLs, in the same order" }),
  next: Type.Optional(Type.String()),
});
const oneOf = (...values: readonly string[]) =>
  Type.Optional(Type.Array(Type.Union(values.map((each) => Type.Literal(each))), { maxItems: 10 }));
const texts = (most: number) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: most }), { maxItems: 20 }));

const query = closed({
  severity: oneOf('INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'),
  workflow: oneOf('NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED'),
  recordState: oneOf('ACTIVE', 'ARCHIVED'),
  compliance: oneOf('PASSED', 'FAILED', 'WARNING', 'NOT_AVAILABLE'),
  account: Type.Optional(Type.Array(accountId, { maxItems: 20 })),
  region: texts(16),
  control: texts(64),
  resource: texts(2048),
  product: texts(128),
  id: texts(512),
  updatedFrom: Type.Optional(timestamp),
  updatedTo: Type.Optional(timestamp),
  sort: Type.Optional(sort),
  limit: limit(100),
  after: Type.Optional(cursor),
});

/** A member of the query and the filter of AWS's that it stands for. */
const filterNames = {
  severity: 'SeverityLabel',
  workflow: 'WorkflowStatus',
  recordState: 'RecordState',
  compliance: 'ComplianceStatus',
  account: 'AwsAccountId',
  region: 'Region',
  control: 'ComplianceSecurityControlId',
  resource: 'ResourceId',
  product: 'ProductName',
  id: 'Id',
} as const satisfies Readonly<Record<string, keyof FindingFilters>>;

export function filtersOf(given: Static<typeof query>): FindingFilters {
  const made: Record<string, unknown> = {};
  for (const [member, name] of Object.entries(filterNames)) {
    const values = given[member as keyof typeof filterNames];
    if (values !== undefined && values.length > 0)
      made[name] = values.map((Value) => ({ Comparison: 'EQUALS', Value }));
  }
  const { updatedFrom, updatedTo } = given;
  if (updatedFrom !== undefined || updatedTo !== undefined) {
    made['UpdatedAt'] = [
      { Start: updatedFrom ?? '1970-01-01T00:00:00.000Z', End: updatedTo ?? '9999-12-31T23:59:59.000Z' },
    ];
  }
  return made as FindingFilters;
}

async function answerPage(call: Pick<Call, 'hub' | 'principal'>, asked: FindingQuery) {
  const { findings, next } = await call.hub.findings.findings({ ...asked, ...scopeOf(call) });
  return { findings: [...findings], keys: findings.map(keyOf), ...(next === undefined ? {} : { next }) };
}

function queryOf(given: {
  filters: FindingFilters | undefined;
  sort: readonly string[] | undefined;
  limit: number | undefined;
  after: string | undefined;
}): FindingQuery {
  const criteria = given.sort?.map((text) => {
    const [Field = '', order] = text.split(':');
    return { Field, SortOrder: order as 'asc' | 'desc' };
  });
  return {
    limit: given.limit ?? LIMIT_DEFAULT,
    ...(given.filters === undefined || Object.keys(given.filters).length === 0 ? {} : { filters: given.filters }),
    ...(criteria === undefined ? {} : { sort: criteria }),
    ...(given.after === undefined ? {} : { after: given.after }),
  };
}

const key = closed({ key: Type.String({ pattern: '^[A-Za-z0-9_-]{1,4096}$' }) });

export const findingRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/findings',
    permission: 'findings:read',
    summary: 'Findings, by simple filters: values of one member are alternatives, members are joined',
    tag,
    query,
    answer: page,
    handle: (call) => {
      const { sort, limit, after } = call.query;
      return answerPage(call, queryOf({ filters: filtersOf(call.query), sort, limit, after }));
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/findings/search',
    permission: 'findings:read',
    summary: "Findings, by AWS's own filters",
    tag,
    changes: false,
    body: closed({
      filters: Type.Optional(filters),
      sort: Type.Optional(sort),
      limit: limit(100),
      after: Type.Optional(cursor),
    }),
    answer: page,
    handle: (call) => {
      const { filters, sort, limit, after } = call.body;
      return answerPage(call, queryOf({ filters, sort, limit, after }));
    },
  }),
  route({
    method: 'GET',
    url: '/api/v1/findings/:key',
    permission: 'findings:read',
    summary: 'A finding',
    tag,
    params: key,
    answer: Type.Object({ finding: asff, key: Type.String() }),
    handle: async (call) => {
      const finding = await findingOf(call, identifierOf(call.params.key));
      return { finding, key: keyOf(finding) };
    },
  }),
  route({
    method: 'GET',
    url: '/api/v1/findings/:key/rules',
    permission: 'rules:read',
    summary:
      'What automation rules said of a finding when it last came in, what event rules say of it as it is now, and why',
    tag,
    params: key,
    answer: Type.Object({
      came: Type.Optional(Type.Object({ at: timestamp, by: Type.String() })),
      verdicts: Type.Array(Type.Unknown()),
    }),
    handle: async (call) => {
      const finding = await findingOf(call, identifierOf(call.params.key));
      const { verdicts, ...explanation } = await call.hub.rules.explain(finding);
      return { ...explanation, verdicts: [...verdicts] };
    },
  }),
  route({
    method: 'GET',
    url: '/api/v1/findings/:key/history',
    permission: 'findings:read',
    summary: 'Who changed a finding, what and why; newest first',
    tag,
    params: key,
    query: closed({
      from: Type.Optional(timestamp),
      to: Type.Optional(timestamp),
      limit: limit(100),
      after: Type.Optional(cursor),
    }),
    answer: Type.Object({ records: Type.Array(Type.Unknown()), next: Type.Optional(Type.String()) }),
    handle: async (call) => {
      const identifier = identifierOf(call.params.key);
      await findingOf(call, identifier);
      const { limit = LIMIT_DEFAULT, ...rest } = call.query;
      const { records, next } = await call.hub.findings.history({ identifier, limit, ...rest });
      return { records: [...records], ...(next === undefined ? {} : { next }) };
    },
  }),
];
