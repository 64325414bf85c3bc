import type { KeyUsageType } from '@aws-sdk/client-kms';
import { algorithmsOf, isKeySpec, type KeySpec } from '../../../keys/key-spec.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { checkGrantTokens } from './grant-token.js';
import type { KeyResource } from './key.js';

/**
 * The spec of a key that must have this usage and know this algorithm.
 *
 * @throws AwsError InvalidKeyUsageException, UnsupportedOperationException for a spec that only China has.
 */
export function usableFor(context: Context, found: KeyResource, usage: KeyUsageType, algorithm: string): KeySpec {
  const { KeyUsage, KeySpec = 'SYMMETRIC_DEFAULT' } = found.configuration;
  if (KeyUsage !== usage) {
    const message = `${found.arn} key usage is ${KeyUsage} which is not valid for ${context.operation}.`;
    throw new AwsError('InvalidKeyUsageException', message);
  }
  if (!isKeySpec(KeySpec)) {
    throw new AwsError('UnsupportedOperationException', `The twin has no cryptography for key spec ${KeySpec}.`);
  }
  if (!algorithmsOf(KeySpec, usage).includes(algorithm)) {
    throw new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${KeySpec}.`);
  }
  return KeySpec;
}

/** What every request for cryptography may carry beside its data. */
interface Asked {
  readonly DryRun?: boolean | undefined;
  readonly Recipient?: object | undefined;
  readonly GrantTokens?: readonly string[] | undefined;
}

/**
 * Stops before the work is done where the caller asks for no more, or for what the twin has not.
 *
 * @throws AwsError DryRunOperationException when only asked whether it would succeed; UnsupportedOperationException for an
 * answer encrypted to a Nitro enclave, whose attestation document the twin cannot verify; InvalidGrantTokenException.
 */
export function proceed(context: Context, { DryRun, Recipient, GrantTokens }: Asked): void {
  checkGrantTokens(context, GrantTokens);
  if (Recipient !== undefined) {
    const message = 'The twin does not verify attestation documents: the Recipient parameter is not supported.';
    throw new AwsError('UnsupportedOperationException', message);
  }
  if (DryRun === true) {
    const message = 'The request would have succeeded, but the DryRun option is set.';
    throw new AwsError('DryRunOperationException', message);
  }
}

/** Notes that a key was used, for GetKeyLastUsage. */
export function used(context: Context, ...keys: readonly KeyResource[]): void {
  const use = { operation: context.operation, at: context.now, requestId: context.requestId };
  for (const { arn } of keys) context.keys.used(arn, use);
}
