import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, UnlockSnapshotCommand } from '@aws-sdk/client-ec2';
import { GetUserCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DescribeKeyCommand, KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it, test } from 'vitest';
import { Fork } from '../estate/fork.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import { services, type ServiceName } from '../reference/services.js';
import type { Authorizer } from './authorizer.js';
import { AwsError } from './aws-error.js';
import type { Context, Page } from './context.js';
import { echoTwin } from './echo.fixture.js';
import type { Implementation } from './implement.js';
import { inProcessDoor } from './in-process-door.js';
import { twinFor } from './testing.fixture.js';
import { Twin } from './twin.js';

const ACCOUNT = '111122223333';

interface Failure extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

/** A twin on which one service does what the test says, and the client to call it with. */
async function calling(
  service: ServiceName,
  handler: (input: never, context: Context) => unknown,
  authorizer?: Authorizer,
) {
  const header = { partition: 'aws', collectedAt: '', accounts: [], types: [] };
  const handlers = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : handler) });
  const implementations = { [service]: () => Promise.resolve<Implementation>({ service, handlers }) };
  const estate = new Fork(new MemoryEstate(header, []));
  const twin = new Twin({ estate, implementations, clock: () => new Date(), ...(authorizer && { authorizer }) });
  return { twin, send: await sender(twin, service) };
}

async function sender(twin: Twin, service: ServiceName): Promise<(command: object) => Promise<unknown>> {
  const module = (await services[service].load()) as unknown as Record<string, new (of: object) => object>;
  const name = Object.keys(module).find((key) => key.endsWith('Client') && key !== '__Client') ?? '';
  const Client = module[name] as new (of: object) => { send: (command: object) => Promise<unknown> };
  const client = new Client({ region: 'eu-west-1', credentials: twin.rootCredential(ACCOUNT), ...inProcessDoor(twin) });
  return (command) => client.send(command);
}

const failureOf = (call: Promise<unknown>): Promise<Failure> =>
  call.then(
    () => expect.fail('it succeeded'),
    (thrown: Failure) => thrown,
  );

describe('a call', () => {
  it('tells a caller who it is', async () => {
    const { client } = twinFor();
    const sts = await client('sts');
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:root`,
    });
  });

  it('of an operation that is not implemented says so, and names it', async () => {
    const { client } = twinFor();
    const ec2 = await client('ec2');
    const error = await failureOf(ec2.send(new UnlockSnapshotCommand({ SnapshotId: 'snap-1' })));
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(['NotImplemented', 501]);
    expect(error.message).toContain('EC2:UnlockSnapshot');
  });

  it('of a service that the twin does not have says so, and names it', async () => {
    const { twin } = echoTwin('kms');
    const send = await sender(twin, 'iam');
    const error = await failureOf(send(new GetUserCommand({})));
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(['NotImplemented', 501]);
    expect(error.message).toContain('`iam`');
  });

  it('whose handler forgets to ask the authorizer is a failure, whatever it answers', async () => {
    const { send } = await calling('kms', () => ({ KeyMetadata: { KeyId: 'k' } }));
    const error = await failureOf(send(new DescribeKeyCommand({ KeyId: 'k' })));
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(['InternalFailure', 500]);
    expect(error.message).toContain('kms:DescribeKey answered without asking the authorizer');
  });

  it('whose handler fails is an InternalFailure, not a crash', async () => {
    const { send } = await calling('iam', () => {
      throw new TypeError('a bug');
    });
    const error = await failureOf(send(new GetUserCommand({})));
    expect([error.name, error.message]).toEqual(['InternalFailure', 'The twin failed: a bug']);
  });

  it('can answer timestamps and blobs as the estate keeps them', async () => {
    const { send } = await calling('kms', (_input, context) => {
      context.authorize();
      return { KeyMetadata: { KeyId: 'k', CreationDate: '2026-01-02T03:04:05.678Z' }, CiphertextBlob: 'AQID' };
    });
    const { KeyMetadata } = (await send(new DescribeKeyCommand({ KeyId: 'k' }))) as {
      KeyMetadata: { CreationDate: Date };
    };
    expect(KeyMetadata.CreationDate).toEqual(new Date('2026-01-02T03:04:05.678Z'));
  });

  it('finds S3 Control by its path, though it signs as S3', async () => {
    const echo = echoTwin('s3control');
    const send = await sender(echo.twin, 's3control');
    await send(new GetPublicAccessBlockCommand({ AccountId: ACCOUNT }));
    expect(echo.calls[0]?.operation).toBe('GetPublicAccessBlock');
  });
});

describe('an error', () => {
  it('of the SDK is the same class at the client', async () => {
    const { send } = await calling('iam', (_input, context) => {
      context.authorize();
      throw new NoSuchEntityException({ message: 'The user with name x cannot be found.', $metadata: {} });
    });
    const error = await failureOf(send(new GetUserCommand({ UserName: 'x' })));
    expect(error).toBeInstanceOf(NoSuchEntityException);
    expect(error.$metadata.httpStatusCode).toBe(404);
  });

  it('with a modelled code is the SDK class of it', async () => {
    const { send } = await calling('kms', (_input, context) => {
      context.authorize();
      throw new AwsError('NotFoundException', 'Key is not there');
    });
    expect(await failureOf(send(new DescribeKeyCommand({ KeyId: 'k' })))).toBeInstanceOf(NotFoundException);
  });

  it('with a bare code keeps it, and the status it is given', async () => {
    const { send } = await calling('ec2', (_input, context) => {
      context.authorize();
      throw new AwsError('InvalidInstanceID.NotFound', "The instance ID 'i-1' does not exist");
    });
    const error = await failureOf(send(new DescribeInstancesCommand({ InstanceIds: ['i-1'] })));
    expect([error.name, error.message, error.$metadata.httpStatusCode]).toEqual([
      'InvalidInstanceID.NotFound',
      "The instance ID 'i-1' does not exist",
      400,
    ]);
  });

  it('on a HEAD has no body: its status decides', async () => {
    const { send } = await calling('s3', (_input, context) => {
      context.authorize();
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    });
    expect((await failureOf(send(new HeadObjectCommand({ Bucket: 'b-1', Key: 'k' })))).name).toBe('NotFound');
  });

  it('whose members do not fit its model is told without them', async () => {
    const { send } = await calling('kms', (_input, context) => {
      context.authorize();
      throw new AwsError('NotFoundException', 'x', { members: { loop: 1n } });
    });
    expect((await failureOf(send(new DescribeKeyCommand({ KeyId: 'k' })))).name).toMatch(
      /NotFoundException|InternalFailure/,
    );
  });
});

const deny: Authorizer = () => ({ allowed: false, reason: 'because no identity-based policy allows it' });

describe('a caller who may not', () => {
  const commands: readonly (readonly [ServiceName, object, string, number, string])[] = [
    ['ec2', new DescribeInstancesCommand({}), 'UnauthorizedOperation', 403, 'ec2:DescribeInstances'],
    ['iam', new GetUserCommand({}), 'AccessDenied', 403, 'iam:GetUser'],
    ['sns', new PublishCommand({ TopicArn: 'arn', Message: 'm' }), 'AuthorizationErrorException', 403, 'sns:Publish'],
    ['s3', new GetObjectCommand({ Bucket: 'b-1', Key: 'k' }), 'AccessDenied', 403, 's3:GetObject'],
    ['kms', new DescribeKeyCommand({ KeyId: 'k' }), 'AccessDeniedException', 400, 'kms:DescribeKey'],
    ['lambda', new InvokeCommand({ FunctionName: 'f' }), 'AccessDeniedException', 403, 'lambda:InvokeFunction'],
    ['cloudwatch', new DescribeAlarmsCommand({}), 'AccessDeniedException', 400, 'cloudwatch:DescribeAlarms'],
  ];

  test.each(commands)('of %s (%#) is told so in its words', async (service, command, code, status, action) => {
    const { send } = await calling(service, (_input, context) => context.authorize('arn:aws:x:::y'), deny);
    const error = await failureOf(send(command));
    expect([error.name, error.$metadata.httpStatusCode]).toEqual([code, status]);
    const on = service === 's3' ? '"arn:aws:x:::y"' : 'arn:aws:x:::y';
    expect(error.message).toContain(
      `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: ${action} on resource: ${on} because no identity-based policy allows it`,
    );
  });
});

describe('a page', () => {
  const items = Array.from({ length: 7 }, (_, index) => `u${index}`);
  const pages: Page<string>[] = [];
  const paging = async (service: ServiceName = 'iam') =>
    calling(service, (input: { Marker?: string; MaxItems?: number; NextToken?: string; Limit?: number }, context) => {
      context.authorize();
      pages.push(context.page(items, input.Marker ?? input.NextToken, input.MaxItems ?? input.Limit, 5));
      return {
        Marker: pages.at(-1)?.next,
        IsTruncated: pages.at(-1)?.next !== undefined,
        Users: [],
        NextMarker: pages.at(-1)?.next,
      };
    });

  it('follows another until all is told', async () => {
    const { send } = await paging();
    const { ListUsersCommand } = await services.iam.load();
    pages.length = 0;
    let Marker: string | undefined;
    do {
      const answer = (await send(new ListUsersCommand({ MaxItems: 3, ...(Marker !== undefined && { Marker }) }))) as {
        Marker?: string;
      };
      Marker = answer.Marker;
    } while (Marker !== undefined);
    expect(pages.map((page) => page.items)).toEqual([['u0', 'u1', 'u2'], ['u3', 'u4', 'u5'], ['u6']]);
  });

  it('has at most as many items as the service gives', async () => {
    const { send } = await paging();
    const { ListUsersCommand } = await services.iam.load();
    pages.length = 0;
    await send(new ListUsersCommand({ MaxItems: 500 }));
    expect(pages[0]?.items).toHaveLength(5);
  });

  test.each([
    [
      'forged',
      (token: string) =>
        Buffer.from(`0000000003${Buffer.from(token, 'base64url').toString('latin1').slice(10)}`, 'latin1').toString(
          'base64url',
        ),
    ],
    ['made up', () => 'abc'],
    ['cut short', (token: string) => token.slice(0, -2)],
  ])('is refused on a %s token', async (_, change) => {
    const { send } = await paging();
    const { ListUsersCommand } = await services.iam.load();
    const { Marker = '' } = (await send(new ListUsersCommand({ MaxItems: 2 }))) as { Marker?: string };
    const error = await failureOf(send(new ListUsersCommand({ Marker: change(Marker) })));
    expect([error.name, error.message]).toEqual(['ValidationError', 'Invalid Marker.']);
  });

  it('is refused on the token of another operation', async () => {
    const { send } = await paging();
    const { ListUsersCommand, ListRolesCommand } = await services.iam.load();
    const { Marker = '' } = (await send(new ListUsersCommand({ MaxItems: 2 }))) as { Marker?: string };
    expect((await failureOf(send(new ListRolesCommand({ Marker })))).name).toBe('ValidationError');
  });

  it("is refused in KMS's own words", async () => {
    const { send } = await paging('kms');
    const { ListKeysCommand } = await services.kms.load();
    const error = await failureOf(send(new ListKeysCommand({ Marker: 'x' })));
    expect(error.name).toBe('InvalidMarkerException');
  });
});

describe('in process', () => {
  it('needs no network: the client has no other way out', async () => {
    const { twin } = echoTwin('kms');
    const client = new KMSClient({
      region: 'eu-west-1',
      credentials: twin.rootCredential(ACCOUNT),
      endpoint: 'http://192.0.2.1',
      ...inProcessDoor(twin),
    });
    await client.send(new DescribeKeyCommand({ KeyId: 'k' }));
  });

  it('an unknown key is unknown, though signatures are only claimed', async () => {
    const { twin } = echoTwin('iam');
    const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
    const client = new IAMClient({ region: 'eu-west-1', credentials, ...inProcessDoor(twin) });
    expect((await failureOf(client.send(new GetUserCommand({})))).name).toBe('InvalidClientTokenId');
  });

  it('an object of any content type is a stream', async () => {
    const echo = echoTwin('s3');
    echo.reply = { output: { Body: Buffer.from('{"a":1}'), ContentType: 'application/json' } };
    const client = new S3Client({
      region: 'eu-west-1',
      credentials: echo.twin.rootCredential(ACCOUNT),
      ...inProcessDoor(echo.twin),
    });
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'b-1', Key: 'k' }));
    expect(await Body?.transformToString()).toBe('{"a":1}');
  });
});
