import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, testHub, twoOperations } from './testing.fixture.js';
import { startServer, type StartOptions } from './start.js';

const folder = mkdtempSync(join(tmpdir(), 'hikeshi-tls-'));
const test = testHub();
test.now = new Date();
const start = (more: Partial<StartOptions> = {}) =>
  startServer({ hub: test.hub, securityHub: twoOperations, host: '127.0.0.1', port: 0, ...more });

beforeAll(() => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
    stdio: 'ignore',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a server', () => {
  it('with a certificate speaks TLS 1.2 at least, and tells browsers to stay with it', async () => {
    const tls = { cert: readFileSync(join(folder, 'cert.pem')), key: readFileSync(join(folder, 'key.pem')) };
    const server = await start({ tls });
    expect(server.url).toMatch(/^https:/);
    const get = (options: object) =>
      new Promise<{ status: number | undefined; hsts: string | undefined }>((done, failed) => {
        const call = request(`${server.url}/healthz`, { ca: tls.cert, agent: false, ...options }, (answer) => {
          answer.resume();
          done({ status: answer.statusCode, hsts: answer.headers['strict-transport-security'] });
        });
        call.once('error', failed).end();
      });
    expect(await get({})).toEqual({ status: 200, hsts: 'max-age=31536000' });
    await expect(get({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
    await server.close();
  });

  it('does not let tokens cross a network in the clear', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'plain-http' });
    const behind = await start({ host: '0.0.0.0', trustProxy: ['10.0.0.0/24'] });
    await behind.close();
  });

  it('believes what only a trusted proxy says of where a call comes from', async () => {
    const failing = async (trustProxy: readonly string[]) => {
      const server = await start({ trustProxy });
      const from = (address: string) =>
        fetch(`${server.url}/api/v1/me`, { headers: { authorization: 'Bearer hkapi_x', 'x-forwarded-for': address } });
      for (let attempt = 0; attempt < 30; attempt++) await from('203.0.113.1');
      const status = (await from('203.0.113.2')).status;
      await server.close();
      return status;
    };
    expect(await failing(['127.0.0.1'])).toBe(401);
    // The address is the socket's: the claim of being somebody else helps nobody.
    expect(await failing([])).toBe(429);
  });

  it('answers AWS’s tools on a port of their own, and nothing else there', async () => {
    const server = await start({ awsPort: 0 });
    expect(server.awsUrl).not.toBe(server.url);
    const { token, secret } = await test.hub.tokens.issue(
      { name: 'x', kind: 'aws', role: 'viewer', account: ACCOUNT },
      'hikeshi',
    );
    const credentials = { accessKeyId: token.id, secretAccessKey: secret };
    const sts = new STSClient({ endpoint: server.awsUrl, region: 'eu-west-1', credentials, maxAttempts: 1 });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: ACCOUNT });
    expect((await fetch(`${server.awsUrl}/api/v1/me`)).status).toBeGreaterThanOrEqual(400);
    expect((await fetch(`${server.awsUrl}/healthz`)).status).toBeGreaterThanOrEqual(400);
    sts.destroy();
    await server.close();
  });

  it('a port that is taken is told by its number', async () => {
    const first = await start();
    const port = Number(new URL(first.url).port);
    await expect(start({ port })).rejects.toMatchObject({ code: 'port-in-use', message: `port \`${port}\` is in use` });
    await expect(start({ awsPort: port })).rejects.toMatchObject({ code: 'port-in-use' });
    await first.close();
  });
});
