import { CreateKeyCommand, type CreateKeyRequest, type KMSClient } from '@aws-sdk/client-kms';
import type { KeyResource } from './key.js';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

/** What a call was refused with: the error's class and text. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'was answered',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

/** Makes a key; answers its ARN. */
export async function newKey(kms: KMSClient, input: CreateKeyRequest = {}): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return KeyMetadata?.Arn ?? '';
}

/** A key of an estate, as a collector would have read it. */
export function keyResource(given: Partial<KeyResource['configuration']> & { KeyId: string }): KeyResource {
  const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${given.KeyId}`;
  const configuration = {
    Arn: arn,
    AWSAccountId: ACCOUNT,
    CreationDate: '2025-01-01T00:00:00.000Z',
    Enabled: true,
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    ...given,
  } as const;
  return { arn, type: 'AWS::KMS::Key', accountId: ACCOUNT, region: REGION, configuration };
}
