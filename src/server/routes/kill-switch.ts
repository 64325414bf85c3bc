import { Type } from '@sinclair/typebox';
import type { KillSwitch } from '../../engine/respond/responses.js';
import { route } from '../http/route.js';
import { closed } from './schemas.js';

const tag = 'kill switch';
const answer = Type.Unsafe<KillSwitch>(Type.Object({ engaged: Type.Boolean() }, { additionalProperties: true }));
const body = closed({ reason: Type.String({ minLength: 3, maxLength: 500 }) });

export const killSwitchRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/kill-switch',
    permission: 'kill-switch:read',
    summary: 'Whether all automatic action is stopped',
    tag,
    answer,
    handle: ({ hub }) => hub.responses.killSwitch(),
  }),
  ...(['engage', 'release'] as const).map((verb) =>
    route({
      method: 'POST',
      url: `/api/v1/kill-switch/${verb}`,
      permission: `kill-switch:${verb}`,
      wide: true,
      summary: verb === 'engage' ? 'Stop all automatic action at once' : 'Let automatic action go on',
      tag,
      body,
      answer,
      handle: ({ hub, principal, body }) =>
        hub.responses.setKillSwitch(verb === 'engage', { name: principal.name }, body.reason),
    }),
  ),
];
