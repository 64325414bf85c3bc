import { characterSets } from '../pattern/character-set.js';
import { literal, many, type TokenPattern } from '../pattern/token-pattern.js';
import { and, not, or, type Formula } from './formula.js';
import { PRINCIPAL, principalShapes, services, withAccount } from './principal-dimension.js';
import { isOneOf, type Space } from './space.js';
import { ACTION } from './statement-formula.js';

/** Keys that every request carries. */
const ALWAYS_PRESENT = ['aws:currenttime', 'aws:epochtime', 'aws:requestedregion', 'aws:securetransport'];

/** Keys that hold `true` or `false`. */
const BOOLEAN = ['aws:securetransport', 'aws:multifactorauthpresent', 'aws:viaawsservice', 'kms:grantisforawsresource'];

/** Keys that a service sends along when it acts for someone, and nobody else. */
const SERVICE_KEYS = ['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths'];

/** Keys that only principals of an account have. */
const ACCOUNT_KEYS = /^aws:(?:principalorgid|principalorgpaths|principaltag\/.*)$/;

/**
 * What is true of every request that can be made, for the dimensions that a question looks at: which principals and
 * actions can exist, and when a context key is present.
 *
 * Source: IAM user guide, "AWS global condition context keys", "Availability" of each.
 */
export function axioms(space: Space, partition = 'aws'): Formula {
  const declared = [...space.dimensions.keys()];
  const parts: Formula[] = [];
  const among = (patterns: readonly TokenPattern[]): Formula => isOneOf(space, PRINCIPAL, patterns, false);
  for (const key of declared) {
    if (ALWAYS_PRESENT.includes(key)) parts.push(present(space, key));
    if (BOOLEAN.includes(key))
      parts.push(or([absent(space, key), isOneOf(space, key, [literal('true'), literal('false')])]));
    if (SERVICE_KEYS.includes(key)) parts.push(or([absent(space, key), among([services])]));
    if (ACCOUNT_KEYS.test(key)) parts.push(or([absent(space, key), among([withAccount])]));
  }
  if (declared.includes('aws:sourceip')) {
    for (const key of ['aws:sourcevpce', 'aws:sourcevpc']) {
      if (declared.includes(key)) parts.push(or([absent(space, key), absent(space, 'aws:sourceip')]));
    }
  }
  if (space.dimensions.has(PRINCIPAL)) parts.push(among(principalShapes(partition)));
  if (space.dimensions.has(ACTION)) parts.push(isOneOf(space, ACTION, [actionShape], false));
  return and(parts);
}

/** A request lacks a key. */
export function absent(space: Space, key: string): Formula {
  const declared = space.dimensions.get(key);
  if (declared?.many === true) return space.elements(key, [], { quantifier: 'every' });
  return space.test(key, { kind: declared?.kind ?? 'text' }, [], { whenAbsent: true });
}

/** A request has a key. */
export function present(space: Space, key: string): Formula {
  return not(absent(space, key));
}

const { action } = characterSets;
const actionShape: TokenPattern = [
  { kind: 'one', set: action },
  many(action),
  ...literal(':'),
  { kind: 'one', set: action },
  many(action),
];
