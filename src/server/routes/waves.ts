import { Type } from '@sinclair/typebox';
import { scopeSchema } from '../../engine/scope/scope.js';
import { graceDays } from '../../engine/respond/grace.js';
import type { Wave } from '../../engine/respond/waves.js';
import { may } from '../access/permissions.js';
import { Refusal } from '../http/api-error.js';
import { route } from '../http/route.js';
import { closed, limit } from './schemas.js';

const tag = 'waves';
const id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });
const wave = Type.Unsafe<Wave>(
  Type.Object({ id, runs: Type.Record(Type.String(), Type.Integer()) }, { additionalProperties: true }),
);
const params = closed({ id });

/** A wave may reach any account: all of this is for those whose scope is everything. */
export const waveRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/waves',
    permission: 'waves:read',
    wide: true,
    summary: 'Waves of runs, newest first',
    tag,
    query: closed({ limit: limit(200) }),
    answer: Type.Object({ waves: Type.Array(wave) }),
    handle: async ({ hub, query }) => ({ waves: [...(await hub.waves.list(query.limit ?? 50))] }),
  }),
  route({
    method: 'GET',
    url: '/api/v1/waves/:id',
    permission: 'waves:read',
    wide: true,
    summary: 'A wave, its limits, and how its runs go',
    tag,
    params,
    answer: Type.Object({ wave }),
    handle: async ({ hub, params }) => ({ wave: await hub.waves.show(params.id) }),
  }),
  route({
    method: 'POST',
    url: '/api/v1/waves',
    permission: 'waves:start',
    wide: true,
    summary: 'Make a wave: its runs are held to its limits, and none begins once too many have failed',
    tag,
    body: closed({
      id,
      perHourMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
      failureRateMax: Type.Number({ minimum: 0, maximum: 1 }),
      failuresAfter: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    }),
    answer: Type.Object({ wave }),
    handle: async ({ hub, body, principal }) => {
      const { id: name, ...limits } = body;
      return { wave: await hub.waves.start(name, limits, { name: principal.name }) };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/waves/:id/runs',
    permission: 'waves:start',
    wide: true,
    summary: 'Ask for a run for each open finding in a scope that has none; again and again while there is more',
    tag,
    params,
    body: closed({
      scope: scopeSchema,
      mode: Type.Union([Type.Literal('notify'), Type.Literal('ask'), Type.Literal('automatic')]),
      graceDays,
      runsMax: Type.Integer({ minimum: 1, maximum: 1000 }),
    }),
    answer: Type.Object({
      asked: Type.Integer(),
      answered: Type.Integer({ description: 'in scope, and a run for them is there already' }),
      unknown: Type.Integer({ description: 'not surely in scope: nothing was asked for them' }),
      more: Type.Boolean(),
    }),
    handle: ({ hub, params, body, principal }) => {
      if (body.mode === 'automatic' && !may(principal.role, 'approvals:decide')) {
        throw new Refusal(403, 'not-allowed', 'automatic runs need the role approver', {
          field: 'body.mode',
          next: 'ask for them with mode `ask`',
        });
      }
      return hub.waves.ask(params.id, body, { name: principal.name });
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/waves/:id/go-on',
    permission: 'waves:go-on',
    wide: true,
    summary: 'Close the breaker of a wave, and resume what it stopped; what failed before does not count any more',
    tag,
    params,
    answer: Type.Object({ resumed: Type.Integer(), more: Type.Boolean() }),
    handle: ({ hub, params, principal }) => hub.waves.goOn(params.id, { name: principal.name }),
  }),
];
