import { open, originOf, seal } from '../../../keys/symmetric-cipher.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { find, type KeyResource } from './key.js';
import { storeOf } from './material.js';

type Grant = NonNullable<KeyResource['configuration']['Grants']>[number];

/** A key and one of its grants. */
export interface Granted {
  readonly found: KeyResource;
  readonly grant: Grant;
}

const PURPOSE = { purpose: 'grant token' };

/** A token for a grant: whose bearer may use the grant before it has spread. It is sealed and names the grant. */
export function grantToken(context: Context, found: KeyResource, grantId: string): string {
  const origin = { accountId: found.accountId, keyId: found.arn, materialId: '00'.repeat(32) };
  return seal(sealingKey(context), origin, PURPOSE, Buffer.from(grantId)).toString('base64');
}

/**
 * The grant that a token names.
 *
 * @returns undefined when the grant, or its key, is no more.
 * @throws AwsError InvalidGrantTokenException for what is not a token of this twin.
 */
export function grantOfToken(context: Context, token: string): Granted | undefined {
  const bytes = Buffer.from(token, 'base64');
  const origin = originOf(bytes);
  const grantId = open(sealingKey(context), PURPOSE, bytes)?.toString();
  if (origin === undefined || grantId === undefined) {
    throw new AwsError('InvalidGrantTokenException', 'The grant token is not valid.');
  }
  const found = find(context, origin.keyId);
  const grant = found?.configuration.Grants?.find(({ GrantId }) => GrantId === grantId);
  return found === undefined || grant === undefined ? undefined : { found, grant };
}

/**
 * Checks the tokens that come with a request. Here a grant is known everywhere at once, so a good token adds nothing; a
 * bad one is refused as KMS refuses it.
 *
 * @throws AwsError InvalidGrantTokenException.
 */
export function checkGrantTokens(context: Context, tokens: readonly string[] = []): void {
  for (const token of tokens) grantOfToken(context, token);
}

const sealingKey = (context: Context) => storeOf(context).obtain('grant tokens', 'SYMMETRIC_DEFAULT');
