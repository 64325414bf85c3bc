import type { Policy } from '../document/policy.js';
import { pathOfResource } from '../evaluate/access-path.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { decide } from '../evaluate/decide.js';
import { isLiteral, literal, many, type TokenPattern } from '../pattern/token-pattern.js';
import { and, not, or, type Formula } from '../reason/formula.js';
import { absent } from '../reason/axioms.js';
import { PRINCIPAL } from '../reason/principal-dimension.js';
import { solve, type Answer, type SolveOptions } from '../reason/solve.js';
import { isOneOf, type Predicate, type Space } from '../reason/space.js';
import { allowedFormula } from '../reason/statement-formula.js';
import { trustedKeys } from './trusted-keys.js';
import { variablesIn } from '../document/policy-variables.js';

/** A range of addresses wider than these is everyone. Source: S3 user guide, "The meaning of public". */
const IPV4_FIXED_BITS = 8n;
const IPV6_FIXED_BITS = 32n;

/**
 * Whether a policy grants something to the public: some request is allowed whose caller is nobody the policy knows
 * (anonymous, or of an account it does not mention) and in which no trusted key has a value that the policy fixes.
 *
 * Source: S3 user guide, "The meaning of public"; IAM user guide, "CheckNoPublicAccess".
 */
export function publicAccess(policies: readonly Policy[], options: SolveOptions = {}): Answer {
  return solve(
    {
      formula: (space, bindings) =>
        and([allowedFormula(space, policies, { bindings }), isPublicRequest(space, policies)]),
      confirm: (witness) => isAllowed(policies, witness),
      variables: variablesIn(policies),
    },
    options,
  );
}

/** Whether a policy is public, as Block Public Access judges it: an open question counts as public. */
export function isPublicPolicy(policy: Policy): boolean {
  let known = verdicts.get(policy);
  if (known === undefined) {
    known = publicAccess([policy]).kind !== 'no';
    verdicts.set(policy, known);
  }
  return known;
}

const verdicts = new WeakMap<Policy, boolean>();

/** A request by nobody the policies know, with no trusted key at a value they fix. Call after the policies' formula. */
export function isPublicRequest(
  space: Space,
  policies: readonly Policy[],
  keys: ReadonlySet<string> = trustedKeys,
): Formula {
  const account = unmentionedAccount(policies);
  const stranger: TokenPattern[] = [literal('Anonymous'), [...literal(`AWS:arn:aws:iam::${account}:`), many()]];
  return and([isOneOf(space, PRINCIPAL, stranger, false), noFixedValue(space, keys)]);
}

/** No key of these has a value that the policies in the space fix. Call after the policies' formula. */
export function noFixedValue(space: Space, keys: ReadonlySet<string>): Formula {
  const parts: Formula[] = [];
  for (const [key, declared] of space.dimensions) {
    if (!keys.has(key)) continue;
    const fixed = declared.predicates.filter((predicate) => isFixed(key, predicate));
    if (fixed.length === 0) continue;
    if (declared.many) parts.push(space.elements(key, fixed, { negated: true, quantifier: 'every' }));
    else
      parts.push(or([absent(space, key), not(space.test(key, { kind: declared.kind }, fixed, { whenAbsent: true }))]));
  }
  return and(parts);
}

/** Whether a value is fixed: a text without wildcards, a narrow range of addresses, sessions of one role. */
function isFixed(key: string, predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'text':
      return (
        isLiteral(predicate.pattern) ||
        (key === 'aws:userid' && startsFixed(predicate.pattern, ':')) ||
        (ORGANIZATION_PATHS.has(key) && startsFixed(predicate.pattern, '/')) ||
        isFixedArn(key, predicate.pattern)
      );
    case 'address': {
      const { low, high } = predicate.range;
      const bits = low >= 1n << 64n ? 128n - IPV6_FIXED_BITS : 32n - IPV4_FIXED_BITS;
      return high - low < 1n << bits;
    }
    case 'number':
      return false;
  }
}

const ORGANIZATION_PATHS: ReadonlySet<string> = new Set(['aws:principalorgpaths', 'aws:sourceorgpaths']);

/** What stands before a sign is fixed: `AROA…:*`, the sessions of one role; `o-…/*`, the units of one organization. */
function startsFixed(pattern: TokenPattern, sign: string): boolean {
  const end = pattern.findIndex((token) => token.kind === 'character' && token.character === sign);
  return end > 0 && isLiteral(pattern.slice(0, end));
}

/** An ARN whose account is fixed, or that names an S3 bucket (whose ARN has no account). */
function isFixedArn(key: string, pattern: TokenPattern): boolean {
  if (key !== 'aws:sourcearn' && key !== 's3:dataaccesspointarn') return false;
  const segments: TokenPattern[] = [[]];
  for (const token of pattern) {
    if (token.kind === 'character' && token.character === ':' && segments.length < 6) segments.push([]);
    else segments[segments.length - 1] = [...(segments.at(-1) ?? []), token];
  }
  const account = segments[4] ?? [];
  if (account.length > 0) return isLiteral(account);
  const bucket = segments[5] ?? [];
  return bucket.length > 0 && isLiteral(bucket);
}

function unmentionedAccount(policies: readonly Policy[]): string {
  for (let number = 999_988_887_777; ; number--) {
    if (!policies.some(({ text }) => text.includes(String(number)))) return String(number);
  }
}

function isAllowed(policies: readonly Policy[], request: AccessRequest): boolean {
  const path = pathOfResource('', policies);
  return decide(request, path).outcome === 'allow';
}
