import { Type } from '@sinclair/typebox';
import type { TokenWish } from '../../engine/hub/tokens.js';
import { roles, tokenKinds, type Token } from '../../store/access/access-store.js';
import { notFound } from '../http/api-error.js';
import { route } from '../http/route.js';
import { accountId, closed } from './schemas.js';

const tag = 'tokens';
const token = Type.Unsafe<Token>(Type.Object({ id: Type.String() }, { additionalProperties: true }));

export const tokenRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/tokens',
    permission: 'tokens:manage',
    wide: true,
    summary: 'Tokens, never their secrets',
    tag,
    answer: Type.Object({ tokens: Type.Array(token) }),
    handle: async ({ hub }) => ({ tokens: [...(await hub.access.tokens())] }),
  }),
  route({
    method: 'POST',
    url: '/api/v1/tokens',
    permission: 'tokens:manage',
    wide: true,
    summary: 'Make a token; its secret is told in this answer and never again',
    tag,
    body: closed({
      name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._@ -]{0,63}$' }),
      kind: Type.Union(tokenKinds.map((each) => Type.Literal(each))),
      role: Type.Union(roles.map((each) => Type.Literal(each))),
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
      accounts: Type.Optional(Type.Array(accountId, { minItems: 1, maxItems: 1000 })),
      units: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: 100 })),
      account: Type.Optional(accountId),
    }),
    answer: Type.Object({ token, secret: Type.String() }),
    handle: async ({ hub, body, principal, reply }) => {
      reply.header('cache-control', 'no-store');
      return hub.tokens.issue(body as TokenWish, principal.name);
    },
  }),
  route({
    method: 'DELETE',
    url: '/api/v1/tokens/:id',
    permission: 'tokens:manage',
    wide: true,
    summary: 'Revoke a token, at once and on every machine',
    tag,
    params: closed({ id: Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$' }) }),
    answer: Type.Object({ revoked: Type.Boolean() }),
    handle: async ({ hub, params }) => {
      if (!(await hub.access.revokeToken(params.id, hub.clock()))) throw notFound('token', params.id);
      return { revoked: true };
    },
  }),
];
