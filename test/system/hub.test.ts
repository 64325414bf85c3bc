import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { CreateAutomationRuleCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controls } from '../../src/controls/catalogue.js';
import { evaluateAccount } from '../../src/controls/evaluate.js';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';
import { toAsff } from '../../src/findings/asff.js';
import { reconcile } from '../../src/findings/reconcile.js';
import { asffOf } from '../../src/server/testing.fixture.js';
import { Home } from '../../src/store/home.js';
import { openDatabase } from '../../src/store/postgres/database.js';
import { writeEstate } from '../../src/store/postgres/estates/estate-table.js';
import { startEmbedded } from '../../src/store/postgres/launcher.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-hub-'));
const home = new Home(join(folder, 'home'));
const run = promisify(execFile);
const hasAws = spawnSync('aws', ['--version']).status === 0;

let twin: ServedTwin;

interface Served {
  readonly said: () => string;
  /** Ends it politely. @returns its exit code. */
  stop(): Promise<number | null>;
}

/** `hikeshi serve`, as a process of its own. */
async function serve(...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', ...args], { env: environment() });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!text.includes('the first token is in')) {
    if (isOver) throw new Error(text);
    await new Promise((done) => setTimeout(done, 20));
  }
  return {
    said: () => text,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function environment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    HIKESHI_HOME: home.path,
    AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extra,
  };
}

/** What a scan of the twin leaves: the estate in the hub's database, and the way to its accounts in the home. */
async function scanned(): Promise<void> {
  const { header } = twin.estate;
  const embedded = await startEmbedded(home.postgres);
  const database = await openDatabase(embedded.url, { connections: 1 });
  const parts = header.accounts.map(({ accountId }) => ({ accountId, resources: twin.estate.all({ accountId }) }));
  await writeEstate(database, header, twin.estate.gaps, parts);
  await database.close();
  const reach = { endpoint: twin.door.url, orgRole: 'OrganizationAccountAccessRole' };
  const { accounts, partition } = header;
  await home.writeScan(home.scanFolder({ accountId: twin.accountId, endpoint: twin.door.url }), {
    ...{ scannedAt: header.collectedAt, snapshot: 'none', accounts, partition, reach },
  });
}

/** Runs the built command line as a user would. */
function hikeshi(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [main, ...args], { env: environment() });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    child.on('exit', (code) => done({ code, ...text }));
  });
}
let extra: Record<string, string> = {};

let served: Served;
beforeAll(async () => {
  twin = await serveTwin({ kind: 'demo', accounts: 7, seed: 1 }, 0, new Date());
  served = await serve();
  await scanned();
}, 60_000);
afterAll(async () => {
  await served.stop();
  await twin.door.close();
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
    expect([imported.code, imported.out]).toEqual([2, expect.stringMatching(/2 created, 1 refused\n {2}/)]);
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

  it('lines of findings come in from a file, packed or not, and from standard input; again they are unchanged', async () => {
    const file = join(folder, 'many.ndjson');
    const lines = ['line-1', 'line-2', 'line-3'].map((id) => JSON.stringify(asffOf(id)));
    writeFileSync(file, [...lines, '', 'no JSON'].join('\n'));
    const first = await hikeshi('import', file);
    const refused = '1 refused\n  line 5: InvalidInput: the line is not a JSON object\n';
    expect([first.code, first.out]).toEqual([2, `3 created, 0 updated, 0 unchanged, ${refused}`]);
    writeFileSync(`${file}.gz`, gzipSync(lines.join('\n')));
    const packed = await hikeshi('import', `${file}.gz`, '--json');
    const counts = { created: 0, updated: 0, unchanged: 3, refused: 0 };
    expect([packed.code, JSON.parse(packed.out)]).toEqual([0, { counts, refused: [] }]);
    const piped = spawnSync(process.execPath, [main, 'import', '-'], { env: environment(), input: lines.join('\n') });
    expect([piped.status, String(piped.stdout)]).toEqual([0, '0 created, 0 updated, 3 unchanged, 0 refused\n']);
    writeFileSync(`${file}.gz`, gzipSync(lines.join('\n')).subarray(0, 60));
    const cut = await hikeshi('import', `${file}.gz`);
    expect([cut.code, cut.err]).toEqual([252, expect.stringContaining('cannot be read: unexpected end of file')]);
    const { out } = await hikeshi('ledger', 'show', '--limit', '100');
    expect(out).toContain('POST /api/v1/findings/import-lines by token:admin');
  });

  it('lines of findings come into the database where no hub runs, and are in the ledger', async () => {
    extra = { HIKESHI_HOME: join(folder, 'alone') };
    const file = join(folder, 'alone.jsonl');
    writeFileSync(file, JSON.stringify(asffOf('alone')));
    const first = await hikeshi('import', file);
    expect(first).toMatchObject({ code: 0, out: '1 created, 0 updated, 0 unchanged, 0 refused\n' });
    expect(first.err).toContain('no hub runs here');
    expect((await hikeshi('import', file)).out).toBe('0 created, 0 updated, 1 unchanged, 0 refused\n');
    expect((await hikeshi('ledger', 'show')).out).toMatch(/import of `.*alone\.jsonl`: 1 lines/);
    extra = {};
  });

  it('a run is asked for, planned and rehearsed, approved by what was looked at, applied, verified and undone', async () => {
    const control = controls.filter((each) => each.id === 'EC2.7');
    const { partition, accounts } = twin.estate.header;
    const now = new Date();
    const results = accounts.flatMap(({ accountId }) => [...evaluateAccount(twin.estate, accountId, control, now)]);
    const [finding] = reconcile([], { partition, now, controls: control, results, covers: () => false }).filter(
      ({ status }) => status === 'FAILED',
    );
    if (finding === undefined || control[0] === undefined) throw new Error('the demo has such a finding');
    const file = join(folder, 'own.json');
    writeFileSync(file, JSON.stringify([toAsff(finding, control[0], { partition })]));
    expect((await hikeshi('import', file)).out).toBe('1 created\n');
    const { id } = finding;
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

  it('what Hikeshi found goes to AWS Security Hub where it is newer, and what is there comes in', async () => {
    const there = ['--endpoint-url', twin.door.url];
    const push = async (...args: string[]) => {
      const { code, out } = await hikeshi('findings', 'push', ...there, ...args, '--json');
      const { places } = JSON.parse(out) as { places: { pushed: number; unchanged: number; failed: object[] }[] };
      const sum = (of: (place: (typeof places)[number]) => number) => places.reduce((all, each) => all + of(each), 0);
      return { code, pushed: sum((each) => each.pushed), unchanged: sum((each) => each.unchanged), places };
    };
    const first = await push('--org-role', 'OrganizationAccountAccessRole');
    expect(first).toMatchObject({ code: 0, unchanged: 0 });
    expect(first.pushed).toBeGreaterThan(0);
    expect(await push('--org-role', 'OrganizationAccountAccessRole')).toMatchObject({
      code: 0,
      pushed: 0,
      unchanged: first.pushed,
    });
    const imported = await hikeshi('import', '--security-hub', '--region', 'us-east-1', ...there);
    expect([imported.code, imported.out]).toEqual([0, expect.stringContaining('import --security-hub --since 2')]);
    const wrong = await hikeshi('import', '--security-hub', '--region', 'us-east-1', '--since', 'yesterday', ...there);
    expect([wrong.code, wrong.err]).toEqual([252, expect.stringContaining('`yesterday`')]);
  });

  it('settings are shown, changed over what was looked at, and refused by the name of the field', async () => {
    const shown = await hikeshi('settings', 'show');
    expect([shown.code, shown.err]).toEqual([0, expect.stringContaining('version 0')]);
    const file = join(folder, 'settings.json');
    const exclude = [{ tags: { 'hikeshi:hands-off': [] } }];
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(shown.out) as object), exclude }));
    expect(await hikeshi('settings', 'set', file)).toMatchObject({ code: 0, out: 'the settings are version 1 now\n' });
    const late = await hikeshi('settings', 'set', file, '--over', '0');
    expect([late.code, late.err]).toEqual([252, expect.stringContaining('not those of version `0`')]);
    expect(JSON.parse((await hikeshi('settings', 'show', '--json')).out)).toMatchObject({
      version: 1,
      settings: { exclude },
    });
    writeFileSync(file, JSON.stringify({ exclude: [{ acounts: ['111122223333'] }] }));
    const wrong = await hikeshi('settings', 'set', file);
    expect([wrong.code, wrong.err]).toEqual([252, expect.stringContaining('`body.settings.exclude.0.acounts`')]);
  });

  it('what automation rules said of a finding that came in is told: what fired, what did not and why', async () => {
    const identity = ['--name', 'rules', '--kind', 'aws', '--role', 'admin', '--account', '111122223333'];
    const { out } = await hikeshi('tokens', 'create', ...identity, '--json');
    const { secret, token } = JSON.parse(out) as { secret: string; token: { id: string } };
    const endpoint = (await home.hub.address())?.url ?? '';
    const credentials = { accessKeyId: token.id, secretAccessKey: secret };
    const door = new SecurityHubClient({ endpoint, region: 'eu-west-1', credentials });
    const rule = (RuleName: string, RuleOrder: number, ResourceId: string) =>
      new CreateAutomationRuleCommand({
        ...{ RuleName, RuleOrder, Description: 'd' },
        Criteria: { ResourceId: [{ Comparison: 'CONTAINS', Value: ResourceId }] },
        Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Workflow: { Status: 'NOTIFIED' } } }],
      });
    await door.send(rule('our honeypots', 1, 'i-honey'));
    await door.send(rule('our lab', 2, 'i-lab'));
    const file = join(folder, 'honey.json');
    writeFileSync(file, JSON.stringify([asffOf('honey')]));
    await hikeshi('import', file);
    const why = (await hikeshi('rules', 'why', 'honey')).out;
    expect(why).toMatch(/^it last came in at .*, by token:admin\n/);
    expect(why).toMatch(
      /our honeypots +automation .* yes +recorded +every criterion held; Workflow.Status: NEW → NOTIFIED/,
    );
    expect(why).toMatch(/our lab +automation .* no +again +ResourceId: ".*i-honey" is not CONTAINS "i-lab"/);
    expect((await hikeshi('rules', 'log', 'our honeypots')).out).toMatch(
      /our honeypots +yes +honey +every criterion held/,
    );
    expect((await hikeshi('rules', 'log', 'our lab')).out).toBe('nothing yet\n');
  });

  it('a wave asks for the open findings of its scope, once', async () => {
    expect(await hikeshi('waves', 'start', 'march')).toMatchObject({ code: 252 });
    const none = await hikeshi('waves', 'start', 'none', '--control', 'EC2.8', '--accounts', '444455556666');
    expect([none.code, none.out]).toEqual([0, expect.stringContaining('wave none: 0 runs asked for')]);
    const wish = ['--control', 'EC2.*', '--per-hour', '10', '--json'];
    const started = JSON.parse((await hikeshi('waves', 'start', 'march', ...wish)).out) as { asked: number };
    expect(started.asked).toBeGreaterThan(0);
    const again = await hikeshi('waves', 'start', 'march', ...wish);
    expect([again.code, again.err]).toEqual([252, expect.stringContaining('there is a wave `march` already')]);
    expect(JSON.parse((await hikeshi('waves', 'start', 'march', '--add', ...wish)).out)).toMatchObject({ asked: 0 });
    expect((await hikeshi('waves', 'show', 'march')).out).toMatch(/at most 10 begin in any hour/);
    expect((await hikeshi('waves', 'list')).out).toMatch(/march .* closed/);
    expect(await hikeshi('waves', 'go-on', 'april')).toMatchObject({ code: 252 });
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
      expect.stringContaining('`--severity`: it must be one of "INFORMATIONAL"'),
    ]);
    const unknown = await hikeshi('findings', 'show', 'nothing');
    expect([unknown.code, unknown.err]).toEqual([252, expect.stringContaining('there is no finding `nothing`')]);
    const rule = await hikeshi('rules', 'delete', 'nothing');
    expect(rule.err).toBe('hikeshi: there is no rule `nothing`\nnext: `hikeshi rules list` shows those there are\n');
    extra = { HIKESHI_TOKEN: 'x' };
    const clear = await hikeshi('findings', 'list', '--hub', 'http://203.0.113.7');
    expect([clear.code, clear.err]).toEqual([252, expect.stringContaining('in the clear')]);
    extra = {};
  });

  it.skipIf(!hasAws)(
    'the AWS CLI imports, reads and defines as at Security Hub (skipped where no `aws` is installed)',
    async () => {
      const made = await hikeshi(
        'tokens',
        'create',
        '--name',
        'cli',
        '--kind',
        'aws',
        '--role',
        'admin',
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
      const file = join(folder, 'aws.json');
      writeFileSync(file, JSON.stringify([asffOf('by-aws'), asffOf('foreign', { AwsAccountId: '444455556666' })]));
      expect(await aws('securityhub', 'batch-import-findings', '--findings', `file://${file}`)).toMatchObject({
        SuccessCount: 1,
        FailedCount: 1,
        FailedFindings: [{ Id: 'foreign' }],
      });
      const filters = JSON.stringify({ Id: [{ Value: 'by-aws', Comparison: 'EQUALS' }] });
      expect(await aws('securityhub', 'get-findings', '--filters', filters)).toMatchObject({
        Findings: [{ Id: 'by-aws', Workflow: { Status: 'NEW' } }],
      });
      const action = ['--name', 'Isolate', '--description', 'isolates it', '--id', 'Isolate'];
      expect(await aws('securityhub', 'create-action-target', ...action)).toMatchObject({
        ActionTargetArn: expect.stringMatching(/:action\/custom\/Isolate$/),
      });
      expect((await hikeshi('actions', 'list')).out).toContain('Isolate');
      expect((await hikeshi('findings', 'show', 'by-aws')).out).toContain('created by');
    },
  );

  it('over TLS the commands on this machine know the hub by its certificate, and nobody else', async () => {
    await served.stop();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const self = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    spawnSync('openssl', [...self, '-subj', '/CN=hikeshi.example.com', '-keyout', key, '-out', cert]);
    served = await serve('--tls-cert', cert, '--tls-key', key, '--host', '0.0.0.0');
    expect((await hikeshi('findings', 'list')).code).toBe(0);
    const address = await home.hub.address();
    if (address === undefined) throw new Error('the hub left no address');
    await home.hub.writeAddress({ ...address, certificate: '0'.repeat(64) });
    expect((await hikeshi('findings', 'list')).code).toBe(253);
    await home.hub.writeAddress(address);
  });

  it('a restart keeps findings, tokens and who may come in', async () => {
    const before = readFileSync(home.hub.tokenFile, 'utf8');
    expect(await served.stop()).toBe(0);
    const nobody = await hikeshi('findings', 'list');
    expect([nobody.code, nobody.err]).toEqual([253, expect.stringContaining('`hikeshi serve` starts one')]);
    served = await serve('--aws-port', '0');
    expect(readFileSync(home.hub.tokenFile, 'utf8')).toBe(before);
    expect((await hikeshi('findings', 'show', 'one')).out).toContain('a honeypot');
    expect((await hikeshi('tokens', 'list')).out).toContain('ito');
  });
});

describe('a hub is not started, and says what to do', () => {
  it.each([
    ['on a network in the clear', ['--host', '0.0.0.0'], /in the clear\nnext: give --tls-cert/],
    ['with a certificate and no key', ['--tls-cert', main], /a certificate needs its key/],
    ['trusting every proxy', ['--trust-proxy', '0.0.0.0/0'], /`0\.0\.0\.0\/0` is not the address of a proxy/],
    ['on a port that is none', ['--port', '99999'], /`99999` is not a port/],
    [
      'with a provider where nobody could come in',
      ['--oidc-issuer', 'https://login.example.com', '--oidc-client-id', 'x'],
      /no group has a role/,
    ],
    [
      'with a provider in the clear',
      ['--oidc-issuer', 'http://login.example.com', '--oidc-client-id', 'x'],
      /is not the https URL of a provider/,
    ],
    ['on a database that is none', ['--database-url', 'mysql://x'], /is not the URL of a PostgreSQL database/],
  ])('%s', async (_name, args, says) => {
    const { code, err } = await hikeshi('serve', ...args);
    expect([252, 253]).toContain(code);
    expect(err).toMatch(says);
  });
});
