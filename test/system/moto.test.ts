import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const run = promisify(execFile);
const missing = ['aws', 'moto_server'].filter((tool) => spawnSync(tool, ['--help']).error !== undefined);
if (missing.length > 0) {
  const install = "`pip install 'moto[server]' awscli` brings both";
  process.stderr.write(`test/system/moto.test.ts is skipped: ${missing.join(' and ')} not found; ${install}\n`);
}
let server: ChildProcess | undefined;
let env: NodeJS.ProcessEnv;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

async function answers(url: string): Promise<boolean> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return true;
    await new Promise((done) => setTimeout(done, 250));
  }
  return false;
}

const aws = async <Answer = unknown>(...args: string[]): Promise<Answer> => {
  const { stdout } = await run(
    'aws',
    [...args, '--output', 'json', '--endpoint-url', String(env['AWS_ENDPOINT_URL'])],
    {
      env,
    },
  );
  return (stdout.trim() === '' ? undefined : JSON.parse(stdout)) as Answer;
};
/** A scan of a server that lacks operations ends with 2: what it answered is what counts here. */
const hikeshi = (...args: string[]): Promise<string> =>
  new Promise((done) => execFile(process.execPath, [main, ...args], { env }, (_, stdout) => done(stdout)));

/** What the AWS CLI breaks, the control that sees it, and what the AWS CLI shows of it, before and after it is fixed. */
interface Case {
  readonly control: string;
  readonly what: string;
  /** Breaks it, where it is not broken from the start. Answers what it is about. */
  readonly make?: () => Promise<string>;
  readonly shows: (made: string) => Promise<unknown>;
  readonly broken: unknown;
  readonly fixed: unknown;
}

const bucket = 'hikeshi-photos';
const web = [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '203.0.113.0/24' }];
const cases: readonly Case[] = [
  {
    control: 'EC2.53',
    what: 'a security group open to the world on port 22, whose other rule stays',
    make: async () => {
      const { GroupId } = await aws<{ GroupId: string }>(
        ...['ec2', 'create-security-group', '--group-name', 'web', '--description', 'web'],
      );
      const open = JSON.stringify([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: web }]);
      await aws('ec2', 'authorize-security-group-ingress', '--group-id', GroupId, '--ip-permissions', open);
      return GroupId;
    },
    shows: (id) =>
      aws(
        ...['ec2', 'describe-security-groups', '--group-ids', id],
        ...['--query', 'SecurityGroups[0].IpPermissions[].IpRanges[].CidrIp'],
      ),
    broken: ['0.0.0.0/0', '203.0.113.0/24'],
    fixed: ['203.0.113.0/24'],
  },
  {
    control: 'EC2.7',
    what: 'disks that are not encrypted unless asked for',
    shows: () => aws('ec2', 'get-ebs-encryption-by-default', '--query', 'EbsEncryptionByDefault'),
    broken: false,
    fixed: true,
  },
  {
    control: 'EC2.8',
    what: 'an instance that answers IMDSv1',
    make: async () => {
      const ami = ['--image-id', 'ami-12c6146b', '--metadata-options', 'HttpTokens=optional,HttpEndpoint=enabled'];
      return aws<string>('ec2', 'run-instances', ...ami, '--query', 'Instances[0].InstanceId');
    },
    shows: (id) =>
      aws(
        ...['ec2', 'describe-instances', '--instance-ids', id],
        ...['--query', 'Reservations[0].Instances[0].MetadataOptions.HttpTokens'],
      ),
    broken: 'optional',
    fixed: 'required',
  },
  {
    control: 'IAM.15',
    what: 'passwords of eight characters',
    make: async () => {
      await aws('iam', 'update-account-password-policy', '--minimum-password-length', '8');
      return '';
    },
    shows: () => aws('iam', 'get-account-password-policy', '--query', 'PasswordPolicy.MinimumPasswordLength'),
    broken: 8,
    fixed: 14,
  },
  {
    control: 'KMS.4',
    what: 'a key that never rotates',
    make: () => aws<string>('kms', 'create-key', '--query', 'KeyMetadata.KeyId'),
    shows: (id) => aws('kms', 'get-key-rotation-status', '--key-id', id, '--query', 'KeyRotationEnabled'),
    broken: false,
    fixed: true,
  },
  {
    control: 'S3.8',
    what: 'a bucket that may be made public',
    make: async () => {
      await aws('s3api', 'create-bucket', '--bucket', bucket);
      return bucket;
    },
    shows: async (name) =>
      aws('s3api', 'get-public-access-block', '--bucket', name).then(
        (block) => block,
        () => 'none',
      ),
    broken: 'none',
    fixed: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  },
];

describe.skipIf(missing.length > 0)('another server than the twin', () => {
  const made = new Map<string, string>();
  let seen: readonly { control: string; status: string }[];
  let fixes: readonly { finding: string; kind: string; run: string; verified: string }[];

  const fixOf = (control: string) => fixes.find(({ finding }) => finding.includes(`/${control}/`));

  beforeAll(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    env = {
      ...process.env,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SESSION_TOKEN: '',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
      HIKESHI_HOME: await mkdtemp(join(tmpdir(), 'hikeshi-moto-')),
    };
    expect(await answers(url)).toBe(true);
    for (const { control, make, shows, broken } of cases) {
      made.set(control, (await make?.()) ?? '');
      expect(await shows(made.get(control) ?? ''), control).toEqual(broken);
    }
    const report = await hikeshi('scan', '--region', 'us-east-1', '--json');
    seen = (JSON.parse(report) as { findings: typeof seen }).findings;
    const named = cases.flatMap(({ control }) => ['--control', control]);
    const lines = (await hikeshi('fix', ...named, '--yes', '--json')).trim().split('\n');
    fixes = lines.map((line) => JSON.parse(line) as (typeof fixes)[number]);
  }, 240_000);

  afterAll(() => void server?.kill());

  it.each(cases)('$control: $what is seen and fixed, and the AWS CLI shows the change', async (each) => {
    const { control, shows, fixed } = each;
    expect(seen).toContainEqual(expect.objectContaining({ control, status: 'FAILED' }));
    expect(fixOf(control)).toMatchObject({ kind: 'applied', verified: 'PASSED' });
    expect(await shows(made.get(control) ?? '')).toEqual(fixed);
  });

  it('what is taken back is as it was', async () => {
    expect(await hikeshi('undo', fixOf('EC2.7')?.run ?? '')).toMatch(/taken back; EC2\.7 is now FAILED/);
    const [, ebs] = cases;
    expect(await ebs?.shows('')).toBe(ebs?.broken);
  });
});
