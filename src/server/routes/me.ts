import { Type } from '@sinclair/typebox';
import { permissions, may, type Permission } from '../access/permissions.js';
import { route } from '../http/route.js';

export const meRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/me',
    permission: 'me:read',
    summary: 'Who the caller is to the hub, and what they may do',
    tag: 'people',
    answer: Type.Object({
      name: Type.String(),
      role: Type.String(),
      through: Type.String(),
      accounts: Type.Optional(Type.Array(Type.String(), { description: 'absent: all of them' })),
      permissions: Type.Array(Type.String()),
      csrf: Type.Optional(Type.String({ description: 'for the header `x-hikeshi-csrf` of changes, in a browser' })),
    }),
    handle: ({ principal: { name, role, through, accounts }, csrf }) =>
      Promise.resolve({
        name,
        role,
        through,
        permissions: (Object.keys(permissions) as Permission[]).filter((each) => may(role, each)),
        ...(accounts === undefined ? {} : { accounts: [...accounts] }),
        ...(csrf === undefined ? {} : { csrf }),
      }),
  }),
];
