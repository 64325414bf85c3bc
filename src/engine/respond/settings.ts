import { Type, type Static } from '@sinclair/typebox';
import { graceDays } from './grace.js';
import { scopeSchema } from '../scope/scope.js';

const closed = { additionalProperties: false } as const;
const name = Type.String({ minLength: 1, maxLength: 256 });
const time = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });
const LIST = { maxItems: 1000 } as const;

/** One rule of the approval policy. */
const approvalRule = Type.Object(
  {
    name,
    scope: Type.Optional(scopeSchema),
    risks: Type.Optional(Type.Array(Type.Union([Type.Literal('S'), Type.Literal('M'), Type.Literal('H')]))),
    requestedBy: Type.Optional(Type.String({ ...name, description: 'who asked: a name, or one that ends in `*`' })),
    approval: Type.Union([Type.Literal('automatic'), Type.Literal('one'), Type.Literal('two')], {
      description: '`automatic` holds only for requests that ask for it; others of the rule need one person',
    }),
    expiresAfterHours: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'a proposal that nobody answered ends after so long' }),
    ),
  },
  closed,
);
export type ApprovalRule = Static<typeof approvalRule>;

/** When what is in a scope may be changed. Several windows of one resource add up; none is always. */
const maintenanceWindow = Type.Object(
  {
    name,
    scope: Type.Optional(scopeSchema),
    days: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), { minItems: 1, description: '0 is Sunday' }),
    from: Type.String({ ...time, description: 'HH:MM, UTC' }),
    to: Type.String({ ...time, description: 'HH:MM, UTC; an end that is not after the start is on the next day' }),
  },
  closed,
);
export type MaintenanceWindow = Static<typeof maintenanceWindow>;

/** How many changing calls a second may go to each account, region and service, from all workers together. */
const callRate = Type.Object(
  {
    service: Type.Optional(name),
    perSecond: Type.Number({ exclusiveMinimum: 0 }),
    burst: Type.Number({ minimum: 1 }),
  },
  closed,
);
export type CallRate = Static<typeof callRate>;

/** Open findings that are asked for by the clock. */
const responseSchedule = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    cron: Type.String({
      pattern: '^\\s*(\\S+\\s+){4,5}\\S+\\s*$',
      maxLength: 256,
      description: 'five or six fields, UTC',
    }),
    scope: scopeSchema,
    mode: Type.Union([Type.Literal('notify'), Type.Literal('ask'), Type.Literal('automatic')]),
    graceDays,
    runsMax: Type.Integer({ minimum: 1, maximum: 10_000, description: 'at most so many at each tick' }),
  },
  closed,
);
export type ResponseSchedule = Static<typeof responseSchedule>;

/**
 * What decides whether and how a response may be applied. Where there is an `include`, only what is in one of its scopes is
 * responded to. Of `approvals` the first that fits decides; after the last, the rules that are always there.
 */
export const responseSettingsSchema = Type.Object(
  {
    include: Type.Array(scopeSchema, LIST),
    exclude: Type.Array(scopeSchema, LIST),
    approvals: Type.Array(approvalRule, LIST),
    windows: Type.Array(maintenanceWindow, LIST),
    rates: Type.Array(callRate, LIST),
    schedules: Type.Array(responseSchedule, LIST),
  },
  closed,
);
export type ResponseSettings = Static<typeof responseSettingsSchema>;

export const defaultSettings: ResponseSettings = {
  include: [],
  exclude: [],
  approvals: [],
  windows: [],
  rates: [],
  schedules: [],
};
