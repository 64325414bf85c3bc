import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';

const run = promisify(execFile);
const installed = spawnSync('aws', ['--version']).status === 0;
let served: ServedTwin;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  served = await serveTwin({ kind: 'demo', accounts: 5, seed: 1 }, 0, new Date());
  env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
    AWS_SESSION_TOKEN: '',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PAGER: '',
  };
});

afterAll(() => served.door.close());

const aws = async (service: string, ...args: string[]): Promise<unknown> => {
  const { stdout } = await run('aws', [service, ...args, '--output', 'json', '--endpoint-url', served.door.url], {
    env,
  });
  return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown);
};
const analyzer = (...args: string[]) => aws('accessanalyzer', ...args);

const policy = (Principal: unknown) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::shared-with-all/*' }],
  });

describe.skipIf(!installed)('`aws accessanalyzer` on the demo twin (skipped where no `aws` is installed)', () => {
  it('checks a policy for public access', async () => {
    const check = (Principal: unknown) =>
      analyzer('check-no-public-access', '--resource-type', 'AWS::S3::Bucket', '--policy-document', policy(Principal));
    expect(await check('*')).toMatchObject({ result: 'FAIL', reasons: [{ statementIndex: 0 }] });
    expect(await check({ AWS: '111122223333' })).toMatchObject({ result: 'PASS' });
  }, 60_000);

  it('finds what is shared as soon as it is, and keeps what was decided', async () => {
    const { arn } = (await analyzer('create-analyzer', '--analyzer-name', 'outside', '--type', 'ORGANIZATION')) as {
      arn: string;
    };
    await aws('s3api', 'create-bucket', '--bucket', 'shared-with-all');
    await aws('s3api', 'delete-public-access-block', '--bucket', 'shared-with-all');
    await aws('s3api', 'put-bucket-policy', '--bucket', 'shared-with-all', '--policy', policy({ AWS: '999988887777' }));
    const filter = JSON.stringify({ resource: { eq: ['arn:aws:s3:::shared-with-all'] } });
    const list = () => analyzer('list-findings-v2', '--analyzer-arn', arn, '--filter', filter);
    const { findings } = (await list()) as { findings: { id: string }[] };
    expect(findings).toMatchObject([
      { resourceType: 'AWS::S3::Bucket', status: 'ACTIVE', findingType: 'ExternalAccess' },
    ]);
    const ids = findings.map(({ id }) => id);
    await analyzer('update-findings', '--analyzer-arn', arn, '--status', 'ARCHIVED', '--ids', ...ids);
    expect(await list()).toMatchObject({ findings: [{ status: 'ARCHIVED' }] });
  }, 120_000);
});
