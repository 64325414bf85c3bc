import type { GrantListEntry } from '@aws-sdk/client-kms';
import type { Stored } from '../../../base/json.js';
import type { Caller } from '../../caller.js';
import type { Context } from '../../context.js';
import type { KeyResource } from './key.js';

/** A grant as ListGrants shows it. */
export type Grant = Stored<GrantListEntry>;

/** What takes an encryption context, and so is held to the constraints of a grant. */
const CONSTRAINED = /^(?:Encrypt|Decrypt|GenerateDataKey.*|ReEncrypt.*)$/;

/**
 * Whether a grant with constraints gives the caller an operation that its constraints do not bear on: they are about
 * the encryption context, which only cryptography with a symmetric key has. The policy engine reads every grant with its
 * constraints as conditions, and would refuse.
 *
 * Source: KMS API reference, GrantConstraints.
 */
export function isFreelyGranted({ caller, operation }: Context, { configuration }: KeyResource): boolean {
  const { Grants, KeySpec = 'SYMMETRIC_DEFAULT' } = configuration;
  if (Grants === undefined || (KeySpec === 'SYMMETRIC_DEFAULT' && CONSTRAINED.test(operation))) return false;
  return Grants.some(
    ({ Constraints, GranteePrincipal, Operations = [] }) =>
      Constraints !== undefined &&
      isPrincipal(caller, GranteePrincipal) &&
      (Operations as readonly string[]).includes(operation === 'ReEncrypt' ? 'ReEncryptFrom' : operation),
  );
}

/** Whether the caller is the user or the role that a grant names. */
export function isPrincipal({ arn, roleArn }: Caller, principal: string | undefined): boolean {
  return principal !== undefined && (arn === principal || roleArn === principal);
}
