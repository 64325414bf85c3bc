import { createHash, randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { controls } from '../../controls/catalogue.js';
import { tamperControls } from '../../controls/tamper/catalogue.js';
import { findingFromAsff } from '../../findings/from-asff.js';
import type { ResponseDetail, ResponseState, ResponseView } from '../../engine/respond/responses.js';
import { may } from '../access/permissions.js';
import { sees } from '../access/principal.js';
import { notFound, Refusal } from '../http/api-error.js';
import { route, type Call } from '../http/route.js';
import { invalidField } from '../http/validate.js';
import { findingOf, scopeOf } from './finding-access.js';
import { closed, comment, cursor, identifier, limit, runId, timestamp } from './schemas.js';

const tag = 'runs';
/** What can be asked for: what scans find, and what events told of. */
const known = [...controls, ...tamperControls];

const states = [
  'requested',
  'refused',
  'already-closed',
  'would-not-close',
  'proposed',
  'declined',
  'expired',
  'cancelled',
  'approved',
  'applying',
  'resolved',
  'still-open',
  'stopped',
  'undoing',
  'undone',
  'undo-stopped',
] as const satisfies readonly ResponseState[];

const view = Type.Unsafe<ResponseView>(
  Type.Object({ id: runId, state: Type.String() }, { additionalProperties: true }),
);
const detail = Type.Unsafe<ResponseDetail>(
  Type.Object({ id: runId, state: Type.String() }, { additionalProperties: true }),
);
const params = closed({ id: runId });
const runs = Type.Object({ runs: Type.Array(view), next: Type.Optional(Type.String()) });

/** @throws Refusal `unknown-run`, also for one that the caller may not see. */
async function runOf({
  hub,
  principal,
  params: { id },
}: Call<unknown, unknown, { id: string }>): Promise<ResponseDetail> {
  const found = await hub.responses.show(id);
  if (!sees(principal, found.finding.accountId)) throw notFound('run', id);
  return found;
}

function responderOf(call: Pick<Call, 'principal'>) {
  return { name: call.principal.name, ...scopeOf(call) };
}

async function list(call: Call, asked: { states?: readonly ResponseState[]; limit?: number }) {
  const { runs, next } = await call.hub.responses.list({ limit: 50, ...asked, ...scopeOf(call) });
  return { runs: [...runs], ...(next === undefined ? {} : { next }) };
}

const readRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/runs',
    permission: 'runs:read',
    summary: 'Runs, newest first',
    tag,
    query: closed({
      states: Type.Optional(
        Type.Array(Type.Union(states.map((each) => Type.Literal(each))), { minItems: 1, maxItems: states.length }),
      ),
      controlId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      findingId: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
      wave: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      limit: limit(500),
      after: Type.Optional(cursor),
    }),
    answer: runs,
    handle: (call) => list(call, call.query),
  }),
  route({
    method: 'GET',
    url: '/api/v1/runs/:id',
    permission: 'runs:read',
    summary: 'A run with its plan, its rehearsal, its approvals and everything it did',
    tag,
    params,
    answer: Type.Object({ run: detail }),
    handle: async (call) => ({ run: await runOf(call) }),
  }),
  route({
    method: 'GET',
    url: '/api/v1/approvals',
    permission: 'runs:read',
    summary: 'Runs that wait for an approval',
    tag: 'approvals',
    query: closed({ limit: limit(500), after: Type.Optional(cursor) }),
    answer: runs,
    handle: (call) => list(call, { ...call.query, states: ['proposed'] }),
  }),
];

const requestRoute = route({
  method: 'POST',
  url: '/api/v1/runs',
  permission: 'runs:request',
  summary: 'Ask for a run that closes a finding: it is planned and rehearsed, and then waits',
  tag,
  body: closed({
    finding: identifier,
    mode: Type.Union([Type.Literal('notify'), Type.Literal('ask'), Type.Literal('automatic')]),
    requestId: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9-]{8,64}$', description: 'the same id twice is one run' }),
    ),
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' }), Type.String({ maxLength: 2048 }), {
        maxProperties: 20,
        additionalProperties: false,
      }),
    ),
    approvalsNeeded: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])),
    expiresAt: Type.Optional(timestamp),
    notBefore: Type.Optional(timestamp),
  }),
  answer: Type.Object({ run: view }),
  handle: async (call) => {
    const { hub, principal, body } = call;
    const { finding: wanted, requestId, expiresAt, ...rest } = body;
    if (body.mode === 'automatic' && !may(principal.role, 'approvals:decide')) {
      throw new Refusal(403, 'not-allowed', 'an automatic run needs the role approver', {
        field: 'body.mode',
        next: 'ask for it with mode `ask`',
      });
    }
    if (expiresAt !== undefined && !(Date.parse(expiresAt) > hub.clock().getTime())) {
      throw invalidField('body.expiresAt', 'it must be in the future');
    }
    const finding = findingFromAsff(await findingOf(call, wanted), known);
    if (typeof finding === 'string') {
      const next = 'no playbook answers it; send it to who can with a custom action';
      throw new Refusal(422, 'no-playbook', finding, { field: 'body.finding', next });
    }
    // Whose id it is belongs to it: nobody can take another's by guessing.
    const own = createHash('sha256').update(principal.name).digest('hex').slice(0, 16);
    const id = requestId === undefined ? randomUUID() : `${own}-${requestId}`;
    const run = await hub.responses.request({
      id,
      finding,
      requestedBy: principal.name,
      origin: { kind: 'person' },
      ...rest,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    return { run };
  },
});

const decisionRoutes = [
  route({
    method: 'POST',
    url: '/api/v1/runs/:id/approve',
    permission: 'approvals:decide',
    summary: 'Approve a run as it was looked at: by the hash of its plan and rehearsal',
    tag: 'approvals',
    params,
    body: closed({ proposalHash: Type.String({ minLength: 8, maxLength: 128 }), comment }),
    answer: Type.Object({ run: view }),
    handle: async (call) => {
      await runOf(call);
      const { proposalHash, comment: said } = call.body;
      return { run: await call.hub.responses.approve(call.params.id, responderOf(call), proposalHash, said) };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/runs/:id/decline',
    permission: 'approvals:decide',
    summary: 'Decline a run',
    tag: 'approvals',
    params,
    body: closed({ comment }),
    answer: Type.Object({ run: view }),
    handle: async (call) => {
      await runOf(call);
      return { run: await call.hub.responses.decline(call.params.id, responderOf(call), call.body.comment) };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/runs/:id/cancel',
    permission: 'runs:stop',
    summary: 'End a run before its next step',
    tag,
    params,
    body: closed({ comment }),
    answer: Type.Object({ run: view }),
    handle: async (call) => {
      await runOf(call);
      return { run: await call.hub.responses.cancel(call.params.id, responderOf(call), call.body.comment) };
    },
  }),
  ...(['resume', 'undo'] as const).map((verb) =>
    route({
      method: 'POST',
      url: `/api/v1/runs/:id/${verb}`,
      permission: `runs:${verb}`,
      summary: verb === 'undo' ? 'Undo what a run did' : 'Go on with a run that stopped',
      tag,
      params,
      answer: Type.Object({ run: view }),
      handle: async (call) => {
        await runOf(call);
        return { run: await call.hub.responses[verb](call.params.id, responderOf(call)) };
      },
    }),
  ),
];

export const runRoutes = [...readRoutes, requestRoute, ...decisionRoutes];
