import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveHub } from '../../src/cli/commands/hub/serve.js';
import { assembled, type AssembleOptions } from '../../src/cli/hub-parts.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { asffOf, testHub, twoOperations } from '../../src/server/testing.fixture.js';
import { Home } from '../../src/store/home.js';
import { plainRules } from '../../src/store/postgres/findings/plain-rules.fixture.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-hub-'));
const home = new Home(join(folder, 'home'));
const run = promisify(execFile);
const hasAws = spawnSync('aws', ['--version']).status === 0;

/** Findings in PostgreSQL, runs by a real worker on the demo's twin; rules of findings and what decides are the test's own. */
const assemble = (options: AssembleOptions) =>
  assembled(
    {
      findingRules: plainRules,
      securityHub: twoOperations,
      deciding: () => {
        const { rules, actions, intake } = testHub().hub;
        return Promise.resolve({ rules, actions, intake, close: () => Promise.resolve() });
      },
    },
    options,
  );

interface Served {
  readonly said: () => string;
  stop(): Promise<void>;
}

async function serve(more: object = {}): Promise<Served> {
  let text = '';
  const terminal = {
    out: (said: string) => (text += said),
    err: (said: string) => (text += said),
  } as unknown as Terminal;
  let stop = (): void => undefined;
  const until = new Promise<void>((done) => {
    stop = done;
  });
  const lists = { trustProxy: [], oidcRole: [], oidcScope: [], oidcGroupsClaim: 'groups' };
  const options = { port: '0', host: '127.0.0.1', demo: true, ...lists, ...more };
  const ended = serveHub(options, terminal, home, assemble, until);
  await Promise.race([ended, waitFor(() => text.includes('the first token is in'))]);
  return {
    said: () => text,
    stop: async () => {
      stop();
      await ended;
    },
  };
}

async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setTimeout(done, 20));
}

/** Runs the built command line as a user would. */
function hikeshi(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, HIKESHI_HOME: home.path, ...extra };
    const child = spawn(process.execPath, [main, ...args], { env });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    child.on('exit', (code) => done({ code, ...text }));
  });
}
let extra: Record<string, string> = {};

let served: Served;
beforeAll(async () => {
  served = await serve();
}, 60_000);
afterAll(async () => {
  await served.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a hub on a database of its own, and the commands that ask it', () => {
  it('leaves its first token in a file that only the user may read, and tells it nowhere', async () => {
    expect(statSync(home.hub.tokenFile).mode & 0o777).toBe(0o600);
    const token = readFileSync(home.hub.tokenFile, 'utf8').trim();
    expect(token).toMatch(/^hkapi_[0-9a-f]{18}_[A-Za-z0-9_-]{43}$/);
    expect(served.said()).not.toContain(token);
    const ledger = await hikeshi('ledger', 'show', '--json');
    expect(ledger.out + ledger.err).not.toContain(token);
  });

  it('findings come in, are listed, changed, suppressed and go out', async () => {
    const file = join(folder, 'in.json');
    writeFileSync(file, JSON.stringify({ Findings: [asffOf('one'), asffOf('two'), { Title: 'bad' }] }));
    const imported = await hikeshi('import', file);
    expect([imported.code, imported.out]).toEqual([
      2,
      expect.stringMatching(/2 created, 1 refused\n {2}body\.findings\.2: InvalidInput/),
    ]);
    const listed = await hikeshi('findings', 'list', '--account', '111122223333', '--json');
    expect(JSON.parse(listed.out)).toMatchObject({
      findings: [{ Id: expect.any(String) }, { Id: expect.any(String) }],
    });
    expect((await hikeshi('findings', 'list', '--account', '111122223333')).out).toMatch(
      /HIGH +NEW +111122223333 +EC2 instances should use IMDSv2/,
    );
    const suppressed = await hikeshi(
      'findings',
      'suppress',
      'one',
      '--reason',
      'a honeypot',
      '--until',
      '2099-01-01T00:00:00Z',
    );
    expect([suppressed.code, suppressed.out]).toEqual([0, '1 changed\n']);
    expect((await hikeshi('findings', 'show', 'one')).out).toMatch(
      /SUPPRESSED.*\n[^]*changed by token:admin: a honeypot/,
    );
    const report = join(folder, 'out.sarif');
    expect((await hikeshi('findings', 'export', report)).code).toBe(0);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it('a run is asked for, planned and rehearsed, approved by what was looked at, applied, verified and undone', async () => {
    const open = await hikeshi('findings', 'list', '--control', 'EC2.7', '--status', 'FAILED', '--json');
    const { findings } = JSON.parse(open.out) as { findings: { Id: string }[] };
    const id = findings[0]?.Id ?? '';
    const asked = await hikeshi('runs', 'request', id, '--json');
    const { run: made } = JSON.parse(asked.out) as { run: { id: string } };
    const shown = async () =>
      (
        JSON.parse((await hikeshi('runs', 'show', made.id, '--json')).out) as {
          run: { state: string; proposalHash: string };
        }
      ).run;
    const reaches = async (state: string) => {
      for (;;) {
        const now = await shown();
        if (now.state === state) return now;
        if (!['requested', 'approved', 'applying', 'undoing', 'resolved'].includes(now.state))
          throw new Error(JSON.stringify(now));
      }
    };
    const { proposalHash } = await reaches('proposed');
    expect((await hikeshi('approvals', 'list')).out).toContain(made.id);
    const unasked = await hikeshi('--no-input', 'approvals', 'approve', made.id);
    expect([unasked.code, unasked.err]).toEqual([3, expect.stringContaining('not approved')]);
    const stale = await hikeshi('approvals', 'approve', made.id, '--hash', '0'.repeat(64));
    expect([stale.code, stale.err]).toEqual([252, expect.stringContaining('is not the one that was looked at')]);
    const approved = await hikeshi('approvals', 'approve', made.id, '--hash', proposalHash);
    expect([approved.code, approved.out]).toEqual([0, expect.stringContaining('approved by token:admin')]);
    await reaches('resolved');
    expect((await hikeshi('findings', 'show', id)).out).toMatch(/PASSED/);
    expect((await hikeshi('runs', 'undo', made.id)).code).toBe(0);
    await reaches('undone');
  });

  it('every change is in the ledger, which verifies', async () => {
    const { out } = await hikeshi('ledger', 'show', '--limit', '100');
    for (const call of ['findings/import', 'findings/suppress', 'findings/export', 'approve'])
      expect(out).toContain(call);
    expect((await hikeshi('ledger', 'verify')).code).toBe(0);
  });

  it('a token of a lesser role does what that role may, and its refusals say what to do', async () => {
    const made = await hikeshi('tokens', 'create', '--name', 'ito', '--role', 'viewer', '--json');
    const { secret, token } = JSON.parse(made.out) as { secret: string; token: { id: string } };
    extra = { HIKESHI_TOKEN: secret };
    expect((await hikeshi('findings', 'list')).code).toBe(0);
    const refused = await hikeshi('findings', 'update', 'two', '--workflow', 'RESOLVED');
    expect([refused.code, refused.err]).toEqual([253, expect.stringContaining('no permission `findings:change`')]);
    extra = {};
    expect((await hikeshi('tokens', 'revoke', token.id)).code).toBe(0);
    extra = { HIKESHI_TOKEN: secret };
    expect((await hikeshi('findings', 'list')).code).toBe(253);
    extra = {};
    expect((await hikeshi('tokens', 'list')).out).toMatch(/ito +api +viewer +everything +revoked/);
  });

  it('bad input ends with 252 and names what is wrong', async () => {
    const wrong = await hikeshi('findings', 'list', '--severity', 'SEVERE');
    expect([wrong.code, wrong.err]).toEqual([
      252,
      expect.stringContaining('`query.severity.0`: it must be one of "INFORMATIONAL"'),
    ]);
    const unknown = await hikeshi('findings', 'show', 'nothing');
    expect([unknown.code, unknown.err]).toEqual([252, expect.stringContaining('there is no finding `nothing`')]);
    extra = { HIKESHI_TOKEN: 'x' };
    const clear = await hikeshi('findings', 'list', '--hub', 'http://203.0.113.7');
    expect([clear.code, clear.err]).toEqual([252, expect.stringContaining('in the clear')]);
    extra = {};
  });

  it.skipIf(!hasAws)('the AWS CLI says who it is to the hub (skipped where no `aws` is installed)', async () => {
    const made = await hikeshi(
      'tokens',
      'create',
      '--name',
      'cli',
      '--kind',
      'aws',
      '--role',
      'viewer',
      '--account',
      '111122223333',
      '--json',
    );
    const { secret, token } = JSON.parse(made.out) as { secret: string; token: { id: string } };
    const url = (await home.hub.address())?.url ?? '';
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: token.id,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: '',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_PAGER: '',
    };
    const aws = async (...args: string[]) =>
      JSON.parse((await run('aws', [...args, '--endpoint-url', url, '--output', 'json'], { env })).stdout) as unknown;
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '111122223333', UserId: token.id });
    expect(await aws('securityhub', 'get-findings')).toMatchObject({ Findings: expect.any(Array) });
  });

  it('over TLS the commands on this machine know the hub by its certificate, and nobody else', async () => {
    await served.stop();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const self = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    spawnSync('openssl', [...self, '-subj', '/CN=hikeshi.example.com', '-keyout', key, '-out', cert]);
    served = await serve({ tlsCert: cert, tlsKey: key, host: '0.0.0.0' });
    expect((await hikeshi('findings', 'list')).code).toBe(0);
    const address = await home.hub.address();
    if (address === undefined) throw new Error('the hub left no address');
    await home.hub.writeAddress({ ...address, certificate: '0'.repeat(64) });
    expect((await hikeshi('findings', 'list')).code).toBe(253);
    await home.hub.writeAddress(address);
  });

  it('a restart keeps findings, tokens and who may come in', async () => {
    const before = readFileSync(home.hub.tokenFile, 'utf8');
    await served.stop();
    const nobody = await hikeshi('findings', 'list');
    expect([nobody.code, nobody.err]).toEqual([253, expect.stringContaining('`hikeshi serve` starts one')]);
    served = await serve({ awsPort: '0' });
    expect(readFileSync(home.hub.tokenFile, 'utf8')).toBe(before);
    expect((await hikeshi('findings', 'show', 'one')).out).toContain('a honeypot');
    expect((await hikeshi('tokens', 'list')).out).toContain('ito');
  });
});

describe('a hub is not started', () => {
  it.each([
    ['on a network in the clear', { host: '0.0.0.0' }, 'plain-http'],
    ['with a certificate and no key', { tlsCert: main }, 'tls-files'],
    ['with a key that is none', { tlsCert: main, tlsKey: main }, 'tls-files'],
    ['trusting every proxy', { trustProxy: ['0.0.0.0/0'] }, 'bad-proxy'],
    ['on a port that is none', { port: '99999' }, 'bad-port'],
    [
      'with a provider where nobody could come in',
      { oidcIssuer: 'https://login.example.com', oidcClientId: 'x' },
      'oidc',
    ],
    ['with a provider in the clear', { oidcIssuer: 'http://login.example.com', oidcClientId: 'x' }, 'oidc-issuer'],
    [
      'with a role that there is not',
      { oidcIssuer: 'https://login.example.com', oidcClientId: 'x', oidcRole: ['root=all'] },
      'oidc-role',
    ],
    ['on a database that is none', { databaseUrl: 'mysql://x' }, 'database-url'],
  ])('%s', async (_name, more, code) => {
    const failed = serve(more);
    await expect(failed).rejects.toMatchObject({ code });
  });
});
