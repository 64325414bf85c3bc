import { Type, type Static } from '@sinclair/typebox';
import { checked, type Invalid } from '../../base/checked.js';

/** The largest event EventBridge carries. Source: EventBridge user guide, "Amazon EventBridge quotas" (256 KB an entry). */
export const EVENT_BYTES_MAX = 256 * 1024;

const eventSchema = Type.Object(
  {
    version: Type.Optional(Type.Literal('0')),
    id: Type.String({ minLength: 1, maxLength: 256 }),
    'detail-type': Type.String({ minLength: 1, maxLength: 128 }),
    source: Type.String({ minLength: 1, maxLength: 256 }),
    account: Type.String({ pattern: '^[0-9]{12}$' }),
    time: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' }),
    region: Type.String({ pattern: '^[a-z]{2}(-[a-z]+)+-\\d$' }),
    resources: Type.Array(Type.String({ maxLength: 2048 }), { maxItems: 100 }),
    detail: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: true },
);

/** An event in EventBridge's envelope. Source: EventBridge user guide, "AWS service event metadata". */
export type HubEvent = Static<typeof eventSchema>;

/** Reads an event from outside: the event, or which member is wrong and how. */
export function parseEvent(value: unknown): HubEvent | Invalid {
  return checked(eventSchema, value, 'event');
}
