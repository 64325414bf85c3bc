import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const run = promisify(execFile);
const installed = ['aws', 'moto_server'].every((tool) => spawnSync(tool, ['--help']).error === undefined);
let server: ChildProcess;
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

const aws = async (...args: string[]): Promise<unknown> => {
  const { stdout } = await run(
    'aws',
    [...args, '--output', 'json', '--endpoint-url', String(env['AWS_ENDPOINT_URL'])],
    {
      env,
    },
  );
  return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown);
};
/** A scan of a server that lacks operations ends with 2: what it answered is what counts here. */
const hikeshi = (...args: string[]): Promise<string> =>
  new Promise((done) => execFile(process.execPath, [main, ...args], { env }, (_, stdout) => done(stdout)));

describe.skipIf(!installed)(
  'another server than the twin (skipped where `aws` or `moto_server` is not installed)',
  () => {
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
    }, 60_000);

    afterAll(() => void server.kill());

    it('what the AWS CLI breaks there is seen and fixed, and the AWS CLI shows the change', async () => {
      const { GroupId } = (await aws(
        'ec2',
        'create-security-group',
        '--group-name',
        'web',
        '--description',
        'web',
      )) as {
        GroupId: string;
      };
      const ranges = [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '203.0.113.0/24' }];
      const permissions = JSON.stringify([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: ranges }]);
      await aws('ec2', 'authorize-security-group-ingress', '--group-id', GroupId, '--ip-permissions', permissions);

      await hikeshi('scan', '--region', 'us-east-1');
      const fixed = await hikeshi('fix', '--control', 'EC2.53', '--control', 'EC2.7', '--yes');
      expect(fixed.match(/fixed and verified/g)).toHaveLength(2);

      const groups = (await aws('ec2', 'describe-security-groups', '--group-ids', GroupId)) as {
        SecurityGroups: { IpPermissions: { IpRanges: { CidrIp: string }[] }[] }[];
      };
      expect(groups.SecurityGroups[0]?.IpPermissions[0]?.IpRanges.map(({ CidrIp }) => CidrIp)).toEqual([
        '203.0.113.0/24',
      ]);
    }, 120_000);
  },
);
