import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it, test } from 'vitest';
import { Problem } from '../base/problem.js';
import type { ServiceName } from '../reference/services.js';
import type { Credential } from './caller.js';
import { echoTwin, type EchoTwin } from './echo.fixture.js';
import { serve, type OpenDoor } from './http-door.js';
import { BODY_BYTES_MAX } from './protocols/wire.js';
import type { TwinOptions } from './twin.js';

const ACCOUNT = '111122223333';
const open: OpenDoor[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((door) => door.close()));
});

async function served(
  service: ServiceName,
  options: Partial<TwinOptions> = {},
): Promise<EchoTwin & { door: OpenDoor }> {
  const echo = echoTwin(service, options);
  const door = await serve(echo.twin, { port: 0 });
  open.push(door);
  return Object.assign(echo, { door });
}

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function settings({ door }: { door: OpenDoor }, credentials: Key) {
  return { region: 'eu-west-1', endpoint: door.url, credentials, maxAttempts: 1, forcePathStyle: true };
}

/** A call of each protocol, for what every one must answer. */
const calls = {
  s3: (of: { door: OpenDoor }, credentials: Key) =>
    new S3Client(settings(of, credentials)).send(new GetPublicAccessBlockCommand({ Bucket: 'my-bucket' })),
  ec2: (of: { door: OpenDoor }, credentials: Key) =>
    new EC2Client(settings(of, credentials)).send(new DescribeSecurityGroupsCommand({})),
  iam: (of: { door: OpenDoor }, credentials: Key) =>
    new IAMClient(settings(of, credentials)).send(new GetUserCommand({})),
  kms: (of: { door: OpenDoor }, credentials: Key) =>
    new KMSClient(settings(of, credentials)).send(new DescribeKeyCommand({ KeyId: 'k' })),
} as const;
type Called = keyof typeof calls;

/** How the SDK's client tells a failure. */
async function failure(call: Promise<unknown>): Promise<[string, number | undefined]> {
  const error = (await call.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  )) as Error & { $metadata?: { httpStatusCode?: number } };
  return [error.name, error.$metadata?.httpStatusCode];
}

describe('over HTTP, a caller', () => {
  test.each(Object.keys(calls) as Called[])('with a good key is served (%s)', async (service) => {
    const echo = await served(service);
    await calls[service](echo, echo.twin.rootCredential(ACCOUNT));
    expect(echo.calls[0]?.caller.accountId).toBe(ACCOUNT);
  });

  test.each<[Called, string, number]>([
    ['s3', 'InvalidAccessKeyId', 403],
    ['ec2', 'AuthFailure', 401],
    ['iam', 'InvalidClientTokenId', 403],
    ['kms', 'UnrecognizedClientException', 400],
  ])('with an unknown key gets %s: %s, %i', async (service, code, status) => {
    const echo = await served(service);
    expect(await failure(calls[service](echo, { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }))).toEqual([
      code,
      status,
    ]);
  });

  test.each<[Called, string, number]>([
    ['s3', 'SignatureDoesNotMatch', 403],
    ['ec2', 'AuthFailure', 401],
    ['iam', 'SignatureDoesNotMatch', 403],
    ['kms', 'InvalidSignatureException', 400],
  ])('with a wrong secret gets %s: %s, %i', async (service, code, status) => {
    const echo = await served(service);
    const wrong = { ...echo.twin.rootCredential(ACCOUNT), secretAccessKey: 'wrong' };
    expect(await failure(calls[service](echo, wrong))).toEqual([code, status]);
    expect(echo.calls).toEqual([]);
  });

  test.each<[Called, string, number]>([
    ['s3', 'ExpiredToken', 400],
    ['ec2', 'RequestExpired', 400],
    ['iam', 'ExpiredToken', 403],
    ['kms', 'ExpiredTokenException', 400],
  ])('whose session has expired gets %s: %s, %i', async (service, code, status) => {
    const echo = await served(service);
    const session = sessionOf(echo, new Date(Date.now() - 1000));
    expect(await failure(calls[service](echo, session))).toEqual([code, status]);
  });

  test.each<[Called, string, number]>([
    ['s3', 'InvalidAccessKeyId', 403],
    ['iam', 'InvalidClientTokenId', 403],
  ])('with the token of another session gets %s: %s, %i', async (service, code, status) => {
    const echo = await served(service);
    const session = { ...sessionOf(echo, new Date(Date.now() + 1000)), sessionToken: 'other' };
    expect(await failure(calls[service](echo, session))).toEqual([code, status]);
  });

  it('whose key belongs to another partition is unknown', async () => {
    const echo = await served('kms');
    const abroad = { ...settings(echo, echo.twin.rootCredential(ACCOUNT)), region: 'us-gov-west-1' };
    const call = new KMSClient(abroad).send(new DescribeKeyCommand({ KeyId: 'k' }));
    expect(await failure(call)).toEqual(['UnrecognizedClientException', 400]);
  });

  test.each<[Called, string, number]>([
    ['s3', 'RequestTimeTooSkewed', 403],
    ['ec2', 'RequestExpired', 400],
    ['iam', 'SignatureDoesNotMatch', 403],
    ['kms', 'InvalidSignatureException', 400],
  ])("whose clock is an hour from the twin's gets %s: %s, %i", async (service, code, status) => {
    const echo = await served(service, { clock: () => new Date(Date.now() + 3_600_000) });
    expect(await failure(calls[service](echo, echo.twin.rootCredential(ACCOUNT)))).toEqual([code, status]);
  });

  it("corrects its clock by the twin's and is then served", async () => {
    const echo = await served('s3', { clock: () => new Date(Date.now() + 3_600_000) });
    const twice = { ...settings(echo, echo.twin.rootCredential(ACCOUNT)), maxAttempts: 2 };
    await new S3Client(twice).send(new GetPublicAccessBlockCommand({ Bucket: 'my-bucket' }));
    expect(echo.calls).toHaveLength(1);
  });

  it('without a signature is anonymous on S3, and refused', async () => {
    const echo = await served('s3');
    const response = await fetch(`${echo.door.url}/my-bucket?publicAccessBlock`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message>');
  });

  it('with a signature of another kind is refused', async () => {
    const echo = await served('s3');
    const response = await fetch(`${echo.door.url}/my-bucket`, { headers: { authorization: 'AWS AKIA:abc' } });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Message>Unsupported Authorization Type</Message>');
  });
});

function sessionOf({ twin }: EchoTwin, expiration: Date): Credential {
  const { caller } = twin.rootCredential(ACCOUNT);
  const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 's', sessionToken: 't', expiration, caller };
  twin.addCredential(session);
  return session;
}

describe('over HTTP, a body', () => {
  it('is held against its signature', async () => {
    const echo = await served('s3');
    const client = new S3Client(settings(echo, echo.twin.rootCredential(ACCOUNT)));
    client.middlewareStack.add(
      (next) => (of) => {
        (of.request as { body: unknown }).body = 'tampered';
        return next(of);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const call = client.send(new PutObjectCommand({ Bucket: 'my-bucket', Key: 'k', Body: 'original' }));
    expect(await failure(call)).toEqual(['XAmzContentSHA256Mismatch', 400]);
  });

  it('that is stored as gzip stays gzip', async () => {
    const echo = await served('s3');
    const Body = gzipSync('hello');
    const client = new S3Client(settings(echo, echo.twin.rootCredential(ACCOUNT)));
    await client.send(new PutObjectCommand({ Bucket: 'my-bucket', Key: 'k', Body, ContentEncoding: 'gzip' }));
    expect(Buffer.from(echo.seen?.['Body'] as Uint8Array)).toEqual(Body);
  });

  it('above the limit is refused before it is read', async () => {
    const echo = await served('kms');
    const answer = await rawRequest(
      echo.door,
      `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY_BYTES_MAX + 1}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*RequestEntityTooLarge/);
  });

  it('that is not HTTP at all is refused', async () => {
    const echo = await served('kms');
    expect(await rawRequest(echo.door, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

/** Writes bytes to the door's socket and reads until it closes. */
function rawRequest({ url }: OpenDoor, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.once('close', () => resolve(answer));
    socket.once('error', reject);
  });
}

describe('the door', () => {
  it('listens on this machine only', async () => {
    const { door } = await served('sts');
    expect(door.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('tells the handler where the client called it', async () => {
    const endpoints: (string | undefined)[] = [];
    const echo = await served('kms', {
      implementations: {
        kms: () =>
          Promise.resolve({
            service: 'kms',
            handlers: {
              DescribeKey: (_input, context) => {
                context.authorize();
                endpoints.push(context.endpoint);
                return {};
              },
            },
          }),
      },
    });
    await calls.kms(echo, echo.twin.rootCredential(ACCOUNT));
    expect(endpoints).toEqual([echo.door.url]);
  });

  it('says which port is taken and what to do', async () => {
    const { door, twin } = await served('sts');
    const port = Number(new URL(door.url).port);
    const problem = await serve(twin, { port }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code: 'port-in-use', message: `port \`${port}\` is in use` });
  });

  it('lets a call under way end before it closes', async () => {
    let release: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const echo = await served('kms', {
      implementations: {
        kms: () =>
          Promise.resolve({
            service: 'kms',
            handlers: {
              DescribeKey: async (_input, context) => {
                context.authorize();
                entered();
                await waiting;
                return { KeyMetadata: { KeyId: 'k' } };
              },
            },
          }),
      },
    });
    const call = calls.kms(echo, echo.twin.rootCredential(ACCOUNT));
    await arrived;
    const closed = echo.door.close();
    release();
    expect(await call).toMatchObject({ KeyMetadata: { KeyId: 'k' } });
    await closed;
  });
});
