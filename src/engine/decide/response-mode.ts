import { Type, type Static } from '@sinclair/typebox';
import type { ResponseMode } from '../respond/responses.js';
import { checked, type Invalid } from './checked.js';
import { inScope, scopeSchema, type ScopeFacts } from './scope.js';

/** The three modes of a response. */
export const modeSchema = Type.Union([Type.Literal('notify'), Type.Literal('ask'), Type.Literal('automatic')]);

/** How findings of a scope are answered. */
const modeEntry = Type.Object({ scope: scopeSchema, mode: modeSchema }, { additionalProperties: false });

/** The modes of control × scope, in order: the first whose scope takes a finding in decides. */
export const responseModesSchema = Type.Array(modeEntry, { maxItems: 1000 });
export type ResponseModes = Static<typeof responseModesSchema>;

export function parseResponseModes(value: unknown): ResponseModes | Invalid {
  return checked(responseModesSchema, value, 'modes');
}

/** From the least to the most that is done by itself. */
const order: readonly ResponseMode[] = ['notify', 'ask', 'automatic'];

/**
 * The mode of a finding; `notify` where no entry takes it in. Of an entry it may be that one does not know whether it takes
 * the finding in: then no more is done than it would allow, whatever later entries say.
 */
export function modeOf(modes: ResponseModes, facts: ScopeFacts): ResponseMode {
  let most: ResponseMode = 'automatic';
  for (const { scope, mode } of modes) {
    const answer = inScope(scope, facts);
    if (answer.inScope) return lesser(most, mode);
    if (answer.unknown === true) most = lesser(most, mode);
  }
  return 'notify';
}

function lesser(a: ResponseMode, b: ResponseMode): ResponseMode {
  return order.indexOf(a) < order.indexOf(b) ? a : b;
}
