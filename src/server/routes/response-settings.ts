import { Type } from '@sinclair/typebox';
import { givenSettingsSchema } from '../../engine/respond/read-settings.js';
import { responseSettingsSchema } from '../../engine/respond/settings.js';
import { route } from '../http/route.js';
import { closed, timestamp } from './schemas.js';

const tag = 'settings';
const kept = Type.Object({
  version: Type.Integer({ minimum: 0, description: '0 before anybody wrote any' }),
  settings: responseSettingsSchema,
  by: Type.Optional(Type.String()),
  at: Type.Optional(timestamp),
});

export const responseSettingsRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/settings/responses',
    permission: 'settings:read',
    summary: 'Filters, approval policy, maintenance windows, call rates and schedules of responses',
    tag,
    answer: kept,
    handle: ({ hub }) => hub.policy.read(),
  }),
  route({
    method: 'PUT',
    url: '/api/v1/settings/responses',
    permission: 'settings:change',
    wide: true,
    summary: 'Write the settings of responses over those of the version that was looked at',
    tag,
    body: closed({
      over: Type.Integer({ minimum: 0, description: 'the version that was looked at' }),
      settings: givenSettingsSchema,
    }),
    answer: kept,
    handle: ({ hub, body, principal }) => hub.policy.write(body.settings, body.over, principal.name),
  }),
];
