import type { AddressInfo } from 'node:net';
import {
  CreateActionTargetCommand,
  EnableSecurityHubCommand,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubServer } from '../app.js';
import { ACCOUNT, asffOf, OTHER, testHub, testServer } from '../testing.fixture.js';

const test = testHub();
test.now = new Date();
let server: HubServer;
let endpoint: string;

beforeAll(async () => {
  server = await testServer(test);
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  endpoint = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  const context = { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'test' } as const, now: test.now };
  await test.hub.findings.importFindings([asffOf('1'), asffOf('theirs', { AwsAccountId: OTHER })], context);
});
afterAll(() => server.app.close());

const issue = (more: object = {}) =>
  test.hub.tokens.issue({ name: 'scanner', kind: 'aws', role: 'responder', account: ACCOUNT, ...more }, 'hikeshi');
async function clients(more: object = {}, change: { secret?: string; id?: string } = {}) {
  const { token, secret } = await issue(more);
  const credentials = { accessKeyId: change.id ?? token.id, secretAccessKey: change.secret ?? secret };
  const config = { endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 };
  return { token, secret, hub: new SecurityHubClient(config), sts: new STSClient(config) };
}

describe('the door for AWS’s tools, on the port of the API', () => {
  it('says who calls', async () => {
    const { sts, token } = await clients();
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/hikeshi/scanner`,
      UserId: token.id,
    });
  });

  it('keys look like AWS’s own, and their secrets are kept nowhere', async () => {
    const { token, secret } = await issue();
    expect(token.id).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(secret).toHaveLength(40);
    expect(JSON.stringify(await test.hub.access.tokens())).not.toContain(secret);
  });

  it('tells of the findings that the caller may see', async () => {
    const wide = await (await clients()).hub.send(new GetFindingsCommand({}));
    expect(wide.Findings?.map(({ Id }) => Id)).toEqual(['1', 'theirs']);
    const scoped = await (await clients({ accounts: [OTHER] })).hub.send(new GetFindingsCommand({}));
    expect(scoped.Findings?.map(({ Id }) => Id)).toEqual(['theirs']);
  });

  it.each([
    ['a wrong secret', {}, { secret: 'x'.repeat(40) }, 'InvalidSignatureException'],
    ['a key that nobody made', {}, { id: 'AKIAIOSFODNN7EXAMPLE' }, 'UnrecognizedClientException'],
  ])('refuses %s', async (_name, wish, change, name) => {
    const { hub } = await clients(wish, change);
    await expect(hub.send(new GetFindingsCommand({}))).rejects.toMatchObject({ name });
  });

  it('a key that is tried with wrong secrets is not looked at any more after a while, over any protocol', async () => {
    for (const tool of ['hub', 'sts'] as const) {
      const { token, secret } = await issue({ name: `guessed-${tool}` });
      const wrong = await clients({}, { id: token.id, secret: 'x'.repeat(40) });
      const right = await clients({}, { id: token.id, secret });
      const call = ({ hub, sts }: typeof right) =>
        tool === 'hub' ? hub.send(new GetFindingsCommand({})) : sts.send(new GetCallerIdentityCommand({}));
      await call(right);
      for (let tries = 0; tries < 30; tries++) await expect(call(wrong)).rejects.toThrow();
      await expect(call(right)).rejects.toThrow();
    }
  });

  it('refuses a key that was revoked, at once', async () => {
    const { hub, token } = await clients();
    await hub.send(new GetFindingsCommand({}));
    await test.hub.access.revokeToken(token.id, test.now);
    await expect(hub.send(new GetFindingsCommand({}))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it('an API token is no AWS key, and an AWS key is no API token', async () => {
    const { secret, token } = await issue();
    for (const bearer of [secret, token.id]) {
      const answer = await server.app.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${bearer}` } });
      expect(answer.statusCode).toBe(401);
    }
  });

  const define = () => new CreateActionTargetCommand({ Id: 'x', Name: 'x', Description: 'x' });

  it('lets each do what their role and scope allow, and records what changes something', async () => {
    await expect((await clients()).hub.send(define())).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const scoped = await clients({ role: 'admin', accounts: [ACCOUNT] });
    await expect(scoped.hub.send(define())).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const before = test.audited.length;
    const admin = await clients({ role: 'admin' });
    await admin.hub.send(define());
    expect(test.audited.slice(before)).toMatchObject([
      { by: 'token:scanner', call: 'securityhub:CreateActionTarget', through: admin.token.id },
    ]);
  });

  it('notes reads, refusals and strangers, with the address that a trusted proxy tells', async () => {
    const behind = await testServer(test, { trustProxy: ['127.0.0.1'] });
    await behind.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = behind.app.server.address() as AddressInfo;
    const { hub } = await clients({ name: 'reader', role: 'viewer' });
    const stranger = await clients({ name: 'stranger' }, { secret: 'x'.repeat(40) });
    for (const client of [hub, stranger.hub]) {
      client.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { headers: object }).headers, { 'x-forwarded-for': '203.0.113.7' });
          return next(args);
        },
        { step: 'finalizeRequest' },
      );
      client.config.endpoint = () => Promise.resolve({ protocol: 'http:', hostname: '127.0.0.1', port, path: '/' });
    }
    const before = test.noted.length;
    await hub.send(new GetFindingsCommand({}));
    await expect(hub.send(define())).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(stranger.hub.send(new GetFindingsCommand({}))).rejects.toThrow();
    await behind.app.close();
    expect(test.noted.slice(before)).toMatchObject([
      { by: 'token:reader', from: '203.0.113.7', call: 'securityhub:GetFindings', status: 200 },
      {
        by: 'token:reader',
        from: '203.0.113.7',
        call: 'securityhub:CreateActionTarget',
        status: 'AccessDeniedException',
      },
      { by: 'unknown', from: '203.0.113.7', call: 'securityhub: a stranger' },
    ]);
  });

  it('what is not on the list is allowed to nobody', async () => {
    const { hub } = await clients({ role: 'admin' });
    await expect(hub.send(new EnableSecurityHubCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('hands out no other keys', async () => {
    const { sts } = await clients({ role: 'admin' });
    await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  it('what cannot be recorded is not done', async () => {
    test.ledgerFails = true;
    const { hub } = await clients({ role: 'admin' });
    await expect(hub.send(define())).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    test.ledgerFails = false;
  });
});
