import { RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { CreateLoginProfileCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it, test } from 'vitest';
import { services, type ServiceName } from '../reference/services.js';
import { AwsError } from './aws-error.js';
import { callRecord, type CallRecord } from './call-record.js';
import type { Caller } from './caller.js';
import { echoTwin } from './echo.fixture.js';
import { inProcessDoor } from './in-process-door.js';

const ACCOUNT = '111122223333';

async function recordOf(
  service: ServiceName,
  command: object,
  reply: { output: Record<string, unknown> } | { error: unknown } = { output: {} },
  caller?: Caller,
): Promise<CallRecord> {
  const echo = echoTwin(service, { clock: () => new Date('2026-03-01T12:00:00.123Z') });
  echo.reply = reply;
  const credentials = { ...echo.twin.rootCredential(ACCOUNT), ...(caller && { caller, accessKeyId: 'AKIACALLER' }) };
  echo.twin.addCredential(credentials);
  const module = (await services[service].load()) as unknown as Record<string, new (of: object) => object>;
  const name = Object.keys(module).find((key) => key.endsWith('Client') && key !== '__Client') ?? '';
  const Client = module[name] as new (of: object) => { send: (command: object) => Promise<unknown> };
  const client = new Client({ region: 'eu-west-1', credentials, ...inProcessDoor(echo.twin) });
  await client.send(command).catch(() => undefined);
  const [facts] = echo.calls;
  if (facts === undefined) return expect.fail('nothing was recorded');
  return callRecord(facts, '00000000-0000-4000-8000-000000000000');
}

const revoke = new RevokeSecurityGroupIngressCommand({
  GroupId: 'sg-1',
  IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
});

describe('the record of a call', () => {
  it('is what CloudTrail would write', async () => {
    const { requestID, userAgent, ...record } = await recordOf('ec2', revoke, { output: { Return: true } });
    expect(requestID).toMatch(/^[0-9a-f-]{36}$/);
    expect(userAgent).toContain('aws-sdk-js');
    expect(record).toEqual({
      eventVersion: '1.11',
      userIdentity: {
        type: 'Root',
        principalId: ACCOUNT,
        arn: `arn:aws:iam::${ACCOUNT}:root`,
        accountId: ACCOUNT,
        accessKeyId: `ROOT${ACCOUNT}`,
      },
      eventTime: '2026-03-01T12:00:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RevokeSecurityGroupIngress',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '127.0.0.1',
      requestParameters: {
        groupId: 'sg-1',
        ipPermissions: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: [{ cidrIp: '0.0.0.0/0' }] }],
      },
      responseElements: { return: true },
      eventID: '00000000-0000-4000-8000-000000000000',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: ACCOUNT,
      eventCategory: 'Management',
      additionalEventData: {
        iamActions: [{ action: 'ec2:RevokeSecurityGroupIngress', resource: '*', allowed: true }],
      },
    });
  });

  it('of a read has no answer in it', async () => {
    const record = await recordOf('iam', new GetUserCommand({}), { output: { User: { UserName: 'u' } } });
    expect([record.readOnly, record.responseElements]).toEqual([true, null]);
  });

  it('masks secrets, whether the model names them or not', async () => {
    const login = await recordOf('iam', new CreateLoginProfileCommand({ UserName: 'u', Password: 'hunter2' }));
    expect(login.requestParameters).toEqual({ userName: 'u', password: 'HIDDEN_DUE_TO_SECURITY_REASONS' });
    const command = new EncryptCommand({ KeyId: 'k', Plaintext: Buffer.from('secret') });
    expect((await recordOf('kms', command)).requestParameters).toEqual({
      keyId: 'k',
      plaintext: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    });
  });

  it('of AssumeRole is a read that tells who one has become, without the secrets', async () => {
    const Credentials = {
      AccessKeyId: 'ASIA1',
      SecretAccessKey: 's3cret',
      SessionToken: 't0ken',
      Expiration: '2026-03-01T13:00:00Z',
    };
    const command = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`, RoleSessionName: 'me' });
    const { readOnly, responseElements } = await recordOf('sts', command, { output: { Credentials } });
    expect(readOnly).toBe(true);
    expect(JSON.stringify(responseElements)).not.toMatch(/s3cret|t0ken/);
    expect(responseElements).toMatchObject({ credentials: { accessKeyId: 'ASIA1' } });
  });

  it('of a failure has its code, with whose fault it was in EC2', async () => {
    const error = new AwsError('InvalidGroup.NotFound', 'no such group');
    expect(await recordOf('ec2', revoke, { error })).toMatchObject({
      errorCode: 'Client.InvalidGroup.NotFound',
      errorMessage: 'no such group',
      responseElements: null,
    });
  });

  it('of a bug has the code that was answered', async () => {
    const record = await recordOf('kms', new DecryptCommand({ CiphertextBlob: Buffer.from('x') }), {
      error: new TypeError('bug'),
    });
    expect([record.errorCode, record.readOnly]).toEqual(['InternalFailure', true]);
  });

  test.each<[string, Caller, object]>([
    [
      'a user',
      { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/path/alice`, accountId: ACCOUNT, userId: 'AIDA1' },
      { type: 'IAMUser', principalId: 'AIDA1', accessKeyId: 'AKIACALLER', userName: 'alice' },
    ],
    [
      'a session',
      {
        kind: 'role',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Fixer/me`,
        accountId: ACCOUNT,
        userId: 'AROA1:me',
        roleArn: `arn:aws:iam::${ACCOUNT}:role/Fixer`,
      },
      {
        type: 'AssumedRole',
        principalId: 'AROA1:me',
        sessionContext: {
          sessionIssuer: { type: 'Role', principalId: 'AROA1', userName: 'Fixer', accountId: ACCOUNT },
        },
      },
    ],
  ])('says who %s is', async (_, caller, expected) => {
    const { userIdentity } = await recordOf('iam', new GetUserCommand({}), { output: {} }, caller);
    expect(userIdentity).toMatchObject(expected);
  });
});
