import { notableActions } from '../../reference/notable-actions.js';
import { SEPARATOR } from '../pattern/character-set.js';
import { PRINCIPAL } from '../reason/principal-dimension.js';
import { ACTION, RESOURCE } from '../reason/statement-formula.js';
import type { Preferred } from '../reason/witness.js';

/** An account that is nobody's in an example. */
const STRANGER = '999988887777';

/** Values that make a witness read like a request somebody could make. */
export function plausible(scope: readonly string[], principals: readonly string[] = []): Preferred {
  const strangers = [
    'Anonymous',
    `AWS:arn:aws:iam::${STRANGER}:user/stranger${SEPARATOR}`,
    `AWS:arn:aws:iam::${STRANGER}:role/stranger${SEPARATOR}session`,
  ];
  return new Map([
    [PRINCIPAL, [...principals, ...strangers]],
    [ACTION, notableActions],
    [RESOURCE, scope.map((arn) => arn.replace(/\*$/, 'example'))],
    ['aws:sourceip', ['198.51.100.7']],
  ]);
}
