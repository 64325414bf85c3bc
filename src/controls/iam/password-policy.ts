import type { Json } from '../../base/json.js';
import type { Resource } from '../../estate/estate.js';
import { because, failed, type Reason, type Verdict } from '../control.js';
import { asCount, asObject } from '../shape.js';
import { malformed, unclear, weigh } from '../weigh.js';

/** One rule of the account's password policy, named by the member that sets it. */
export type PasswordRule =
  | { readonly member: `Require${'Uppercase' | 'Lowercase'}Characters` | 'RequireSymbols' | 'RequireNumbers' }
  | { readonly member: 'MinimumPasswordLength' | 'PasswordReusePrevention'; readonly atLeast: number }
  | { readonly member: 'MaxPasswordAge'; readonly atMost: number };

/**
 * The verdict on the account's password policy: every rule must hold. An account without a policy fails: AWS's default
 * is weaker than any of these controls asks for.
 *
 * Source: AWS Config rule `iam-password-policy`; IAM API Reference, "PasswordPolicy".
 */
export function judgePasswordPolicy(
  { configuration }: Resource<'Hikeshi::IAM::AccountPasswordPolicy'>,
  rules: readonly PasswordRule[],
): Verdict {
  const value: unknown = configuration.PasswordPolicy;
  if (value === null) {
    return failed(because('PasswordPolicy', null, 'the account has no password policy: AWS’s weak default applies'));
  }
  const policy = asObject(value);
  if (policy === undefined) return weigh([], [unclear('PasswordPolicy', value)]);
  const wrong: Reason[] = [];
  const unknown: Reason[] = [];
  for (const rule of rules) {
    const path = `PasswordPolicy.${rule.member}`;
    const set = policy[rule.member];
    const answer = holds(rule, set);
    if (answer === undefined) unknown.push(malformed(path, set));
    else if (!answer) wrong.push(because(path, set as Json | undefined, `${shown(rule.member, set)}; ${wanted(rule)}`));
  }
  return weigh(
    wrong,
    unknown,
    ...rules.map(({ member }) => because(`PasswordPolicy.${member}`, policy[member] as Json)),
  );
}

/** `undefined` when the value is of no kind that AWS answers. AWS leaves out what is not set. */
function holds(rule: PasswordRule, set: unknown): boolean | undefined {
  if (set === undefined) return false;
  if (!('atLeast' in rule) && !('atMost' in rule)) return typeof set === 'boolean' ? set : undefined;
  const count = asCount(set);
  if (count === undefined) return undefined;
  // A maximum age of 0 means that passwords never expire.
  return 'atLeast' in rule ? count >= rule.atLeast : count > 0 && count <= rule.atMost;
}

function shown(member: string, set: unknown): string {
  return `${member} is ${set === undefined ? 'not set' : JSON.stringify(set)}`;
}

function wanted(rule: PasswordRule): string {
  if ('atLeast' in rule) return `at least ${rule.atLeast} is asked for`;
  return 'atMost' in rule ? `1 to ${rule.atMost} is asked for` : 'true is asked for';
}
