import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const ROLE = 'OrganizationAccountAccessRole';
let served: ServedTwin;
let home: string;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line as a user would, against the twin. */
function hikeshi(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        HIKESHI_HOME: home,
        AWS_ENDPOINT_URL: served.door.url,
        AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
        AWS_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...env,
      },
    });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    child.on('exit', (code) => done({ code, ...text }));
  });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hikeshi-home-'));
  await writeFile(profiles.AWS_CONFIG_FILE, config);
  served = await serveTwin({ kind: 'demo', accounts: 7, seed: 3 }, 0, new Date());
}, 60_000);

afterAll(async () => {
  await served.door.close();
  await rm(profiles.AWS_CONFIG_FILE);
});

const sso = 'sso_account_id = 111122223333\nsso_role_name = Audit\n';
const start = 'sso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n';
const config = [
  `[default]\nsso_session = corp\n${sso}`,
  `[profile work]\nsso_session = corp\n${sso}`,
  `[profile old]\n${start}${sso}`,
  '[profile deploy]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = work\n',
  `[sso-session corp]\n${start}`,
].join('');
const profiles = { AWS_CONFIG_FILE: join(tmpdir(), `hikeshi-config-${process.pid}`) };

describe('bad input ends with 252 or 253 and the next step', () => {
  const cases: readonly {
    name: string;
    args: readonly string[];
    env?: Record<string, string>;
    code: number;
    says: RegExp;
  }[] = [
    { name: 'an unknown command', args: ['scna'], code: 252, says: /unknown command/ },
    { name: 'a port that is none', args: ['twin', 'serve', '--port', '70000'], code: 252, says: /`70000` is no port/ },
    { name: 'an unknown control', args: ['explain', 'EC2.888'], code: 252, says: /did you mean `EC2\.8`/ },
    {
      name: 'an unknown control to scan',
      args: ['scan', '--control', 'KMS.5'],
      code: 252,
      says: /did you mean .*`KMS\.4`/,
    },
    { name: 'an unknown finding', args: ['explain', 'deadbeef'], code: 252, says: /there is no finding `deadbeef`/ },
    { name: 'an unknown run', args: ['undo', 'run-1'], code: 252, says: /there is no run `run-1`/ },
    { name: 'an unknown region', args: ['scan', '--region', 'us-east-9'], code: 252, says: /did you mean `us-east-1`/ },
    { name: 'no region', args: ['scan', '--region', 'moon'], code: 252, says: /it is one of .*`us-east-1`/ },
    {
      name: 'an unknown account',
      args: ['scan', '--org-role', ROLE, '--accounts', '700000004243'],
      code: 252,
      says: /did you mean/,
    },
    {
      name: 'an unknown unit',
      args: ['scan', '--org-role', ROLE, '--ou', 'Securty'],
      code: 252,
      says: /did you mean `Security`/,
    },
    {
      name: 'an account that the credentials do not reach',
      args: ['scan', '--accounts', '700000142153'],
      code: 252,
      says: /do not reach `700000142153`\nnext: pass --org-role/,
    },
    { name: 'an unknown format', args: ['scan', '--export', 'report.docx'], code: 252, says: /end it with one of/ },
    { name: 'a file that is no snapshot', args: ['scan', '--estate', main], code: 252, says: /not a Hikeshi snapshot/ },
    { name: 'a file that is not there', args: ['scan', '--estate', 'nowhere'], code: 252, says: /there is no file/ },
    { name: 'nothing named to rehearse', args: ['rehearse'], code: 252, says: /name a finding/ },
    {
      name: 'a malformed endpoint',
      args: ['scan', '--endpoint-url', 'nonsense'],
      code: 252,
      says: /not an http or https URL/,
    },
    {
      name: 'no credentials',
      args: ['scan'],
      env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      code: 253,
      says: /no AWS credentials[\s\S]*next:/,
    },
    {
      name: 'an unknown profile',
      args: ['scan', '--profile', 'wrok'],
      env: profiles,
      code: 253,
      says: /no AWS profile `wrok`\nnext: did you mean `work`/,
    },
    {
      name: 'an unknown profile in AWS_PROFILE',
      args: ['snapshot', '--out', 'x'],
      env: { ...profiles, AWS_PROFILE: 'wrok' },
      code: 253,
      says: /`wrok`, which AWS_PROFILE names\nnext: did you mean `work`/,
    },
  ];
  it.each(cases)('$name', async ({ args, env, code, says }) => {
    const ended = await hikeshi(args, env);
    expect(ended.err).toMatch(says);
    expect(ended.code).toBe(code);
    expect(ended.out).toBe('');
  });
});

describe('an SSO session that is not open names the exact login command', () => {
  const opened = { startUrl: 'https://corp.awsapps.com/start', region: 'us-east-1', accessToken: 'secret-token' };
  const expired = { ...opened, expiresAt: '2020-01-01T00:00:00Z' };
  const cases: readonly { name: string; profile: string; says: string; cache?: object; of?: string }[] = [
    { name: 'never opened', profile: 'work', says: 'aws sso login --profile work' },
    { name: 'expired', profile: 'work', says: 'aws sso login --profile work', cache: expired, of: 'corp' },
    { name: 'never opened, in the old form', profile: 'old', says: 'aws sso login --profile old' },
    {
      name: 'expired, in the old form',
      profile: 'old',
      says: 'aws sso login --profile old',
      cache: expired,
      of: opened.startUrl,
    },
    { name: 'of the profile that a role is assumed from', profile: 'deploy', says: 'aws sso login --profile work' },
    { name: 'of the default profile', profile: 'default', says: 'aws sso login' },
  ];
  it.each(cases)('$name', async ({ profile, says, cache, of = '' }) => {
    const folder = await mkdtemp(join(tmpdir(), 'hikeshi-sso-'));
    if (cache !== undefined) {
      await mkdir(join(folder, '.aws', 'sso', 'cache'), { recursive: true });
      const name = createHash('sha1').update(of).digest('hex');
      await writeFile(join(folder, '.aws', 'sso', 'cache', `${name}.json`), JSON.stringify(cache));
    }
    const env = { ...profiles, HOME: folder, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const ended = await hikeshi(['scan', '--profile', profile], env);
    expect(ended.err).toMatch(/^hikeshi: the SSO session of profile `\w+` has expired or was never opened\nnext: /);
    expect(ended.err.trim().split('\nnext: ')[1]).toBe(says);
    expect(ended.code).toBe(253);
    expect(ended.out + ended.err).not.toContain('secret-token');
  });
});

describe('the main job from the command line', () => {
  it('scans the organization, and --fail-on sets the exit code', async () => {
    const ended = await hikeshi([
      'scan',
      '--org-role',
      ROLE,
      '--json',
      '--fail-on',
      'high',
      '--export',
      join(home, 'r.sarif'),
      '--export',
      join(home, 'r.asff.json'),
      '--export',
      join(home, 'r.junit.xml'),
    ]);
    const { findings } = JSON.parse(ended.out) as { findings: { status: string; accountId: string }[] };
    expect(new Set(findings.map(({ accountId }) => accountId)).size).toBe(7);
    expect(ended.code).toBe(1);
    expect(findings.filter(({ status }) => status === 'NOT_AVAILABLE')).toEqual([]);
    expect(JSON.parse(await readFile(join(home, 'r.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(JSON.parse(await readFile(join(home, 'r.asff.json'), 'utf8'))).toHaveLength(findings.length);
    expect(await readFile(join(home, 'r.junit.xml'), 'utf8')).toContain('<testsuite name="EC2.8');
  }, 60_000);

  it('fixes what it rehearsed, verifies it, records it and takes it back', async () => {
    const fixed = await hikeshi(['fix', '--control', 'KMS.4', '--yes', '--json']);
    expect(fixed.code).toBe(0);
    const results = fixed.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; run: string; verified: string });
    expect(results.every(({ kind, verified }) => kind === 'applied' && verified === 'PASSED')).toBe(true);
    const { run } = results[0]!;
    expect((await hikeshi(['explain', run])).out).toMatch(/verified on fresh reads: PASSED/);
    const undone = await hikeshi(['undo', run]);
    expect(undone.out).toMatch(/taken back; KMS\.4 is now FAILED/);
    expect((await hikeshi(['undo', run])).err).toMatch(/undone already/);
  }, 60_000);

  it('does nothing unless somebody says yes', async () => {
    const ended = await hikeshi(['fix', '--control', 'EC2.2']);
    expect(ended.out).toMatch(/not approved; nothing was done/);
    expect(ended.code).toBe(3);
  }, 60_000);

  it('what cannot be read is a gap, exit code 2, and never passed', async () => {
    const ended = await hikeshi([
      '--home',
      join(home, 'other'),
      'scan',
      '--org-role',
      'NoSuchRole',
      '--json',
      '--control',
      'KMS.4',
    ]);
    const { findings, gaps } = JSON.parse(ended.out) as {
      findings: { status: string; recordState: string; accountId: string }[];
      gaps: { accountId: string; operation: string }[];
    };
    expect(ended.code).toBe(2);
    expect(gaps.map(({ operation }) => operation)).toEqual(Array(6).fill('AssumeRole'));
    expect(ended.err).toMatch(/^6 reads failed;[\s\S]*the role cannot be entered in 6 accounts/m);
    const others = findings.filter(
      ({ accountId, status }) => accountId !== served.accountId && status === 'NOT_AVAILABLE',
    );
    expect(new Set(others.map(({ accountId }) => accountId)).size).toBe(6);
  }, 60_000);

  it('a role that one account does not have: the others are scanned, and it is listed once', async () => {
    const lost = served.estate.header.accounts[2]?.accountId ?? '';
    const twin = await serveTwin({ kind: 'demo', accounts: 7, seed: 3 }, 0, new Date());
    const { accessKeyId, secretAccessKey } = twin.twin.rootCredential(lost);
    const iam = new IAMClient({
      region: 'us-east-1',
      endpoint: twin.door.url,
      credentials: { accessKeyId, secretAccessKey },
    });
    await iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: 'AdministratorAccess' }));
    await iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
    const args = ['--home', join(home, 'lost'), 'scan', '--org-role', ROLE, '--control', 'KMS.4', '--region'];
    const ended = await hikeshi([...args, 'us-east-1'], { AWS_ENDPOINT_URL: twin.door.url });
    await twin.door.close();
    expect(ended.out).toMatch(new RegExp(`\\n1 read failed;.*\\n  ${lost} \\* sts:AssumeRole: AccessDenied: `));
    expect(ended.out).toMatch(/KMS\.4 +\d+ +\d+ +1 +/);
    expect(ended.code).toBe(2);
  }, 60_000);

  it('an account in no organization is scanned, and that there is none is told', async () => {
    const twin = await serveTwin({ kind: 'empty' }, 0, new Date());
    const args = ['--home', join(home, 'alone'), 'scan', '--org-role', ROLE, '--control', 'KMS.4'];
    const ended = await hikeshi(args, { AWS_ENDPOINT_URL: twin.door.url });
    await twin.door.close();
    expect(ended.err).toMatch(/organization could not be read \(AWSOrganizationsNotInUseException\): only account \d+/);
    expect(ended.out).toMatch(/^1 account, .*[\s\S]*\n1 read failed;/);
    expect(ended.code).toBe(2);
  }, 60_000);

  it('asked for an organization that it may not read, says so and exits with 2', async () => {
    const member = served.estate.header.accounts[3]?.accountId ?? '';
    const { accessKeyId, secretAccessKey } = served.twin.rootCredential(member);
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const args = [
      '--home',
      join(home, 'member'),
      'scan',
      '--org-role',
      ROLE,
      '--control',
      'KMS.4',
      '--region',
      'us-east-1',
    ];
    const ended = await hikeshi(args, env);
    expect(ended.err).toContain(
      `the organization could not be read (AccessDeniedException): only account ${member} is scanned`,
    );
    expect(ended.code).toBe(2);
  }, 60_000);

  it('a snapshot can be judged without AWS', async () => {
    const file = join(home, 'offline.hikeshi');
    expect((await hikeshi(['snapshot', '--out', file, '--region', 'us-east-1'])).code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const offline = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const ended = await hikeshi(
      ['--home', join(home, 'offline'), 'scan', '--estate', file, '--output', 'csv'],
      offline,
    );
    expect(ended.code).toBe(0);
    const elsewhere = ['--home', join(home, 'offline'), 'scan', '--estate', file, '--region', 'us-west-9'];
    expect((await hikeshi(elsewhere, offline)).err).toMatch(/no region `us-west-9`\nnext: did you mean `us-east-1`/);
    expect(ended.out.split('\r\n')[0]).toBe(
      'id,control,title,severity,status,workflow,record_state,account_id,account_name,region,resource_type,resource_arn,reason,first_observed_at,last_observed_at',
    );
  }, 60_000);

  it('every file that leaves is in the ledger, by the digest of its bytes', async () => {
    const own = ['--home', join(home, 'exporting')];
    const file = join(home, 'exported.hikeshi');
    expect((await hikeshi([...own, 'snapshot', '--out', file, '--region', 'us-east-1'])).code).toBe(0);
    const reports = ['json', 'csv', 'md', 'sarif', 'asff.json', 'xml'].map((end) => join(home, `report.${end}`));
    const exports = reports.flatMap((path) => ['--export', path]);
    const ended = await hikeshi([...own, 'scan', '--estate', file, '--control', 'KMS.4', ...exports]);
    const written = [];
    for (const path of [file, ...reports]) {
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes !== undefined) written.push(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(written.length, ended.err).toBeGreaterThan(4);
    const attested = [];
    for (let index = 0; index < written.length; index++) {
      const shown = await hikeshi([...own, 'ledger', 'show', String(index), '--json']);
      const { record } = JSON.parse(shown.out) as { record: { kind: string; detail: { sha256: string } } };
      expect(record.kind).toBe('export');
      attested.push(record.detail.sha256);
    }
    expect(attested).toEqual(written);
    const nowhere = join(file, 'report.json');
    const refused = await hikeshi([...own, 'scan', '--estate', file, '--control', 'KMS.4', '--export', nowhere]);
    expect(refused.err).toMatch(/report\.json` cannot be written \(`(?:ENOTDIR|EEXIST)`\)/);
  }, 60_000);

  it('prints the least-privilege policy of a control', async () => {
    const ended = await hikeshi(['permissions', '--for', 'fix', '--control', 'KMS.4']);
    const { Statement } = JSON.parse(ended.out) as { Statement: { Action: string[] }[] };
    expect(Statement[0]?.Action).toContain('kms:EnableKeyRotation');
    expect(Statement[0]?.Action.filter((action) => action.startsWith('ec2:'))).toEqual(['ec2:DescribeRegions']);
  });
});

it('says so when there is nothing to fix', async () => {
  const ended = await hikeshi(['--home', join(home, 'empty'), 'fix', '--all', '--yes']);
  expect(ended.err).toMatch(/no open finding/);
  expect(ended.code).toBe(0);
});

it('nothing secret is in what a fix leaves behind', async () => {
  const findings = await readFile(join(home, 'findings.jsonl'), 'utf8');
  const open = findings.split('\n').find((line) => line.includes('"EC2.53"') && line.includes('"FAILED"'));
  const { id } = JSON.parse(open ?? '') as { id: string };
  const ended = await hikeshi(['fix', id, '--yes']);
  expect(ended.out).toMatch(/fixed and verified/);
  const run = /run-[\w-]+/.exec(ended.out)?.[0] ?? '';
  const record = await readFile(join(home, 'runs', `${run}.jsonl`), 'utf8');
  expect(record + ended.out + ended.err).not.toContain(TWIN_SECRET_KEY);
}, 60_000);

describe('a reader that goes away early', () => {
  it('does not end the command in a failure', async () => {
    const child = spawn(process.execPath, [main, 'controls', '--json'], { env: { HOME: home, HIKESHI_HOME: home } });
    child.stdout.destroy();
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, told }).toEqual({ code: 0, told: '' });
  });
});
