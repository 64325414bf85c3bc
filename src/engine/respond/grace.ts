import { Type } from '@sinclair/typebox';

const DAY_MS = 86_400_000;

/** How long a response is held back after it was asked for; its owner is warned first. */
export const graceDays = Type.Optional(
  Type.Number({
    exclusiveMinimum: 0,
    maximum: 365,
    description: 'not applied before so many days; the owner is warned first',
  }),
);

/** A request's `notBefore`, where there is a grace period. */
export function afterGrace(days: number | undefined, now: Date): { readonly notBefore?: string } {
  return days === undefined ? {} : { notBefore: new Date(now.getTime() + days * DAY_MS).toISOString() };
}
