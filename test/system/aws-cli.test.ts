import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const run = promisify(execFile);
const installed = spawnSync('aws', ['--version']).status === 0;
let served: ServedTwin;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  served = await serveTwin({ kind: 'empty' }, 0, new Date());
  env = {
    ...process.env,
    AWS_ENDPOINT_URL: served.door.url,
    AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
    AWS_SESSION_TOKEN: '',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PAGER: '',
    HIKESHI_HOME: await mkdtemp(join(tmpdir(), 'hikeshi-aws-')),
  };
});

afterAll(() => served.door.close());

const aws = async (...args: string[]): Promise<unknown> => {
  const { stdout } = await run('aws', [...args, '--output', 'json', '--endpoint-url', served.door.url], { env });
  return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown);
};
const hikeshi = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [main, ...args], { env })).stdout;

describe.skipIf(!installed)('the AWS CLI and Hikeshi on the same twin (skipped where no `aws` is installed)', () => {
  it('what the AWS CLI breaks, Hikeshi sees and fixes, and the AWS CLI shows the change', async () => {
    await aws('ec2', 'create-default-vpc');
    const { GroupId } = (await aws('ec2', 'create-security-group', '--group-name', 'web', '--description', 'web')) as {
      GroupId: string;
    };
    const permissions = [
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '203.0.113.0/24' }],
      },
    ];
    await aws(
      'ec2',
      'authorize-security-group-ingress',
      '--group-id',
      GroupId,
      '--ip-permissions',
      JSON.stringify(permissions),
    );
    await aws('kms', 'create-key');

    await hikeshi('scan', '--region', 'us-east-1');
    const fixed = await hikeshi('fix', '--control', 'EC2.53', '--control', 'KMS.4', '--yes');
    expect(fixed.match(/fixed and verified/g)).toHaveLength(2);

    const groups = (await aws('ec2', 'describe-security-groups', '--group-ids', GroupId)) as {
      SecurityGroups: { IpPermissions: { IpRanges: object[] }[] }[];
    };
    expect(groups.SecurityGroups[0]?.IpPermissions[0]?.IpRanges).toEqual([{ CidrIp: '203.0.113.0/24' }]);
    const { Keys } = (await aws('kms', 'list-keys')) as { Keys: { KeyId: string }[] };
    expect(await aws('kms', 'get-key-rotation-status', '--key-id', Keys[0]?.KeyId ?? '')).toMatchObject({
      KeyRotationEnabled: true,
    });
  }, 120_000);

  it('what the twin does not implement, it says so', async () => {
    await expect(aws('ec2', 'describe-vpn-gateways')).rejects.toMatchObject({
      stderr: expect.stringContaining('NotImplemented') as string,
    });
  }, 60_000);
});
