import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { controls } from '../../src/controls/catalogue.js';
import { typesRead } from '../../src/controls/control.js';
import type { EstateHeader, Resource } from '../../src/estate/estate.js';
import { writeSnapshot } from '../../src/estate/snapshot-file.js';
import type { TypeName } from '../../src/estate/resource-types.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const accountId = '111122223333';
const region = 'eu-west-1';
const ec2 = (kind: string) => `arn:aws:ec2:${region}:${accountId}:${kind}`;

/** What nobody should have, and somebody has: each resource is of the type, and absurd. */
const absurd: readonly { readonly type: TypeName; readonly arn: string; readonly configuration: unknown }[] = [
  {
    type: 'AWS::EC2::Instance',
    arn: ec2('instance/i-1'),
    configuration: { Tags: [{ Key: 'x', Value: 'x'.repeat(5 * 1024 * 1024) }] },
  },
  {
    type: 'AWS::EC2::SecurityGroup',
    arn: ec2('security-group/sg-1'),
    configuration: {
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 99,
          ToPort: -1,
          IpRanges: [{ CidrIp: '0.0.0.0/0' }],
          Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        },
      ],
    },
  },
  {
    type: 'AWS::EC2::SecurityGroup',
    arn: ec2('security-group/sg-3'),
    configuration: {
      IpPermissions: [
        { IpProtocol: 'banana', FromPort: 0, ToPort: 70_000, IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [] },
        { IpProtocol: 'tcp', FromPort: 0, ToPort: 70_000, IpRanges: [{ CidrIp: '999.1.2.3/64' }], Ipv6Ranges: [{}] },
      ],
    },
  },
  { type: 'AWS::EC2::SecurityGroup', arn: ec2('security-group/sg-2'), configuration: { IpPermissions: 'all of them' } },
  {
    type: 'AWS::S3::Bucket',
    arn: 'arn:aws:s3:::b',
    configuration: { Name: 'b', BucketRegion: region, Policy: '{"Statement":', PublicAccessBlockConfiguration: 7 },
  },
  {
    type: 'AWS::IAM::User',
    arn: `arn:aws:iam::${accountId}:user/\u001b[31mred\u0007`,
    configuration: { UserName: 'red', AccessKeys: [{ CreateDate: 'yesterday', Status: 'Active' }] },
  },
  {
    type: 'AWS::KMS::Key',
    arn: `arn:aws:kms:${region}:${accountId}:key/k`,
    configuration: { KeyManager: 'CUSTOMER', KeySpec: 'SYMMETRIC_DEFAULT', Origin: 'AWS_KMS', KeyState: 'Enabled' },
  },
];

it('an absurd estate is scanned without a crash, nothing absurd passes, and no control character reaches the terminal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hikeshi-hostile-'));
  const path = join(folder, 'absurd.hikeshi');
  const types = [...new Set<TypeName>(controls.flatMap(typesRead))];
  const accounts = [{ accountId, name: 'absurd\u001b]0;title\u0007', path: [], regions: [region] }];
  const header: EstateHeader = { partition: 'aws', collectedAt: '2026-03-01T00:00:00.000Z', accounts, types };
  const resources = absurd.map((each) => ({ ...each, accountId, region }) as Resource);
  await writeSnapshot(path, header, [{ accountId, resources }]);

  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [main, '--home', folder, 'scan', '--estate', path, ...args], {
      maxBuffer: 1e8,
    });
  const { findings } = JSON.parse((await run('--json')).stdout) as {
    findings: { resourceArn: string; control: string; status: string }[];
  };
  const judged = findings.filter(({ resourceArn }) => absurd.some(({ arn }) => arn === resourceArn));
  expect(judged.length).toBeGreaterThanOrEqual(absurd.length);
  expect(judged.filter(({ status }) => status === 'PASSED')).toEqual([]);
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is meant
  expect((await run()).stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
});
