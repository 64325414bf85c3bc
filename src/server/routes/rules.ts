import { Type, type Static } from '@sinclair/typebox';
import type { AutomationRule } from '../../findings/hub/automation-rule.js';
import type { InvalidRule, RuleDocument, RulePreview } from '../../engine/hub/rules.js';
import { notFound } from '../http/api-error.js';
import { route, type Call } from '../http/route.js';
import { invalidField } from '../http/validate.js';
import { scopeOf } from './finding-access.js';
import { accountId, closed, limit, timestamp } from './schemas.js';

const tag = 'rules';
const name = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });
const document = Type.Unsafe<RuleDocument>(Type.Object({ name }, { additionalProperties: true }));
const rule = Type.Object({ document, updatedAt: timestamp, updatedBy: Type.String() });

function valid<Made extends object>(made: Made | InvalidRule): Made {
  if (!('invalid' in made)) return made;
  const { field, rule: broken } = made.invalid;
  throw invalidField(`body.${field}`, broken);
}

const automationRule = Type.Unsafe<Partial<AutomationRule>>(
  Type.Record(Type.String(), Type.Unknown(), { description: "as AWS's CreateAutomationRule takes it" }),
);
const preview = Type.Object({
  matched: Type.Integer(),
  examined: Type.Integer(),
  complete: Type.Boolean({ description: 'whether all findings were looked at' }),
  findings: Type.Array(Type.Unknown()),
});

function within(call: Call<{ limit?: number }>): { limit: number; accounts?: readonly string[] } {
  return { limit: call.body.limit ?? 20, ...scopeOf(call) };
}

function previewed(made: RulePreview | InvalidRule): Static<typeof preview> {
  const { findings = [], ...counts } = valid(made);
  return { ...counts, findings: [...findings] };
}

export const ruleRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/rules',
    permission: 'rules:read',
    summary: 'Rules, in the order in which they decide',
    tag,
    answer: Type.Object({ rules: Type.Array(rule) }),
    handle: async ({ hub }) => ({ rules: [...(await hub.rules.list())] }),
  }),
  route({
    method: 'PUT',
    url: '/api/v1/rules/:name',
    permission: 'rules:change',
    wide: true,
    summary: 'Add a rule, or replace the one of its name',
    tag,
    params: closed({ name }),
    body: closed({ rule: document }),
    answer: Type.Object({ rule }),
    handle: async ({ hub, params, body, principal }) => {
      if (body.rule.name !== params.name) throw invalidField('body.rule.name', 'it must be the name in the path');
      return { rule: valid(await hub.rules.put(body.rule, principal.name)) };
    },
  }),
  route({
    method: 'DELETE',
    url: '/api/v1/rules/:name',
    permission: 'rules:change',
    wide: true,
    summary: 'Remove a rule',
    tag,
    params: closed({ name }),
    answer: Type.Object({ removed: Type.Boolean() }),
    handle: async ({ hub, params, principal }) => {
      if (!(await hub.rules.remove(params.name, principal.name))) throw notFound('rule', params.name);
      return { removed: true };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/rules/preview',
    permission: 'rules:preview',
    changes: false,
    summary: 'What a rule would match of what the caller may see, newest first; nothing is changed',
    tag,
    body: closed({ rule: document, limit: limit(100) }),
    answer: preview,
    handle: async (call) => previewed(await call.hub.rules.preview(call.body.rule, within(call))),
  }),
  route({
    method: 'POST',
    url: '/api/v1/automation-rules/preview',
    permission: 'rules:preview',
    changes: false,
    summary: "What an automation rule of AWS's would change of what the caller may see; nothing is changed",
    tag,
    body: closed({ rule: automationRule, limit: limit(100) }),
    answer: preview,
    handle: async (call) => previewed(await call.hub.rules.previewAutomation(call.body.rule, within(call))),
  }),
  route({
    method: 'GET',
    url: '/api/v1/rules/failed',
    permission: 'rules:read',
    wide: true,
    summary: 'Events that could not be decided and deliveries that nobody took, newest first, with their errors',
    tag,
    query: closed({ limit: limit(500) }),
    answer: Type.Object({ failures: Type.Array(Type.Unknown()) }),
    handle: async ({ hub, query }) => ({ failures: [...(await hub.rules.failures(query.limit ?? 50))] }),
  }),
  route({
    method: 'POST',
    url: '/api/v1/rules/failed/retry',
    permission: 'rules:change',
    wide: true,
    summary: 'Let all that was given up be tried again',
    tag,
    answer: Type.Object({ retried: Type.Integer() }),
    handle: async ({ hub }) => ({ retried: await hub.rules.retryFailures() }),
  }),
  route({
    method: 'GET',
    url: '/api/v1/rules/log',
    permission: 'rules:read',
    summary: 'Why each rule fired or did not, newest first; of automation rules, that they fired',
    tag,
    query: closed({
      rule: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
      eventId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
      fired: Type.Optional(Type.Boolean()),
      account: Type.Optional(Type.Array(accountId, { maxItems: 20 })),
      limit: limit(500),
    }),
    answer: Type.Object({ entries: Type.Array(Type.Unknown()) }),
    handle: async ({ hub, query, principal }) => {
      const { account, limit: most = 50, ...rest } = query;
      const seen = principal.accounts;
      const accounts = account === undefined ? seen : account.filter((each) => seen?.includes(each) ?? true);
      const asked = { ...rest, limit: most, ...(accounts === undefined ? {} : { accounts }) };
      return { entries: [...(await hub.rules.log(asked))] };
    },
  }),
];
