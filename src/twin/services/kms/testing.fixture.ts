import { CreateKeyCommand, KMSClient, type CreateKeyRequest } from '@aws-sdk/client-kms';
import { GLOBAL, type Resource } from '../../../estate/estate.js';
import type { Caller } from '../../caller.js';
import { inProcessDoor } from '../../in-process-door.js';
import type { TestTwin } from '../../testing.fixture.js';
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

/** The KMS client of somebody other than root: a user or role of the test's account who has no policy of their own. */
export function kmsAs({ twin }: TestTwin, caller: Caller, region = REGION): KMSClient {
  const accessKeyId = `AKIA${caller.arn.replace(/\W/g, '').slice(-16).toUpperCase()}`;
  twin.addCredential({ accessKeyId, secretAccessKey: 'secret', caller });
  return new KMSClient({ region, credentials: { accessKeyId, secretAccessKey: 'secret' }, ...inProcessDoor(twin) });
}

/** A user that an estate holds, without policies. */
export function userResource(name: string, accountId = ACCOUNT): { resource: Resource; caller: Caller } {
  const arn = `arn:aws:iam::${accountId}:user/${name}`;
  const configuration = { UserName: name, Arn: arn, UserId: `AIDA${name.toUpperCase()}` };
  const resource = { arn, type: 'AWS::IAM::User', accountId, region: GLOBAL, configuration } as const;
  return { resource: resource as Resource, caller: { arn, accountId, userId: configuration.UserId, kind: 'user' } };
}
