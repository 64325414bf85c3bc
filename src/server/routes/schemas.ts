import { Type, type TSchema } from '@sinclair/typebox';
import type { AsffFinding, FindingFilters } from '../../findings/hub/finding-hub.js';

/** Texts and numbers that many routes take. */
export const accountId = Type.String({ pattern: '^[0-9]{12}$', description: 'an account id' });
export const timestamp = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?Z$',
  description: 'ISO 8601, in UTC',
});
export const runId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9:._/-]{0,199}$' });
export const cursor = Type.String({ minLength: 1, maxLength: 2048, description: 'the `next` of the page before' });
export const limit = (most: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: Math.min(50, most) }));
export const comment = Type.Optional(Type.String({ minLength: 1, maxLength: 1000 }));

export const closed = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

/** ASFF as it comes in: what it must have is the hub's to say, finding by finding. */
export const asff = Type.Unsafe<AsffFinding>(Type.Record(Type.String(), Type.Unknown(), { description: 'ASFF' }));

/** AWS's filters: each a list of up to 20. */
export const filters = Type.Unsafe<FindingFilters>(
  Type.Record(
    Type.String({ pattern: '^[A-Z][A-Za-z0-9]{0,99}$' }),
    Type.Array(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()), { minItems: 1, maxItems: 20 }),
    { description: "AwsSecurityFindingFilters of AWS's GetFindings", additionalProperties: false },
  ),
);

export const identifier = closed({
  Id: Type.String({ minLength: 1, maxLength: 512 }),
  ProductArn: Type.String({ minLength: 12, maxLength: 2048 }),
});
export const identifiers = Type.Array(identifier, { minItems: 1, maxItems: 100 });

/** What became of one of the things that were sent. */
export const outcome = Type.Object({
  kind: Type.String(),
  Id: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
});
