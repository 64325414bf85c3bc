import { Fork } from '../../../estate/fork.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { edit, keyFor, type KeyResource } from './key.js';
import { truncated } from './metadata.js';

const POLICY_MAX_BYTES = 32_768;
const NAME = 'default';

/** The key policy: each key has one, named `default`. */
export const policies = handlers('kms', {
  GetKeyPolicy(input, context) {
    const found = keyFor(context, input.KeyId);
    requireName(input.PolicyName);
    return { Policy: found.configuration.Policy ?? defaultPolicy(context), PolicyName: NAME };
  },
  PutKeyPolicy(input, context) {
    const { Policy, BypassPolicyLockoutSafetyCheck: bypass = false } = input;
    const found = keyFor(context, input.KeyId, { facts: { 'kms:BypassPolicyLockoutSafetyCheck': bypass } });
    requireName(input.PolicyName);
    const policy = checkedPolicy(context, Policy);
    if (!bypass) requireKeyStaysManageable(context, { ...found, configuration: { ...found.configuration, Policy } });
    edit(context, found, (edited) => {
      edited.Policy = policy;
    });
  },
  ListKeyPolicies(input, context) {
    keyFor(context, input.KeyId);
    const { items, next } = context.page([NAME], input.Marker, input.Limit, 1000);
    return { PolicyNames: items, ...truncated(next) };
  },
});

function requireName(name: string | undefined): void {
  if (name !== undefined && name !== NAME) throw new AwsError('NotFoundException', `No such policy exists`);
}

/**
 * A policy that may be put on a key, or KMS's own when none is given.
 *
 * @throws AwsError MalformedPolicyDocumentException, LimitExceededException.
 */
export function checkedPolicy(context: Context, policy: string | undefined): string {
  if (policy === undefined) return defaultPolicy(context);
  if (Buffer.byteLength(policy) > POLICY_MAX_BYTES) {
    throw new AwsError('LimitExceededException', `Policy size exceeds the limit of ${POLICY_MAX_BYTES} bytes.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch {
    throw new AwsError('MalformedPolicyDocumentException', 'The new key policy is not valid JSON.');
  }
  if (parsed === null || typeof parsed !== 'object' || !('Statement' in parsed)) {
    throw new AwsError('MalformedPolicyDocumentException', 'The new key policy has no statements.');
  }
  return policy;
}

/**
 * KMS's lockout safety check: whoever gives a key a policy must, by that policy, be able to give it another. A policy that
 * leaves the key to its account passes too.
 *
 * @param changed the key with its new policy.
 * @throws AwsError MalformedPolicyDocumentException with KMS's text.
 */
export function requireKeyStaysManageable(context: Context, changed: KeyResource): void {
  const estate = new Fork(context.estate);
  estate.put(changed);
  if (context.could('kms:PutKeyPolicy', changed.arn, estate)) return;
  const message = 'The new key policy will not allow you to update the key policy in the future.';
  throw new AwsError('MalformedPolicyDocumentException', message);
}

/** What KMS puts on a key whose maker gave no policy: the account decides. */
export function defaultPolicy(context: Context): string {
  const Principal = { AWS: context.arn('root', { service: 'iam', region: '' }) };
  const Statement = [
    { Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' },
  ];
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement });
}
