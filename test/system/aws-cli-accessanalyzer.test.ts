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

  it('checks for new access, for access that is granted, and validates', async () => {
    const allows = (Action: string) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
    const noNew = (from: string, to: string) =>
      analyzer(
        'check-no-new-access',
        '--policy-type',
        'IDENTITY_POLICY',
        '--existing-policy-document',
        allows(from),
        '--new-policy-document',
        allows(to),
      );
    expect(await noNew('s3:GetObject', 's3:Get*')).toMatchObject({ result: 'FAIL', reasons: [{ statementIndex: 0 }] });
    expect(await noNew('s3:Get*', 's3:GetObject')).toMatchObject({ result: 'PASS' });
    const granted = (action: string) =>
      analyzer(
        'check-access-not-granted',
        '--policy-type',
        'IDENTITY_POLICY',
        '--policy-document',
        allows('s3:Get*'),
        '--access',
        JSON.stringify([{ actions: [action] }]),
      );
    expect(await granted('s3:GetBucketAcl')).toMatchObject({ result: 'FAIL' });
    expect(await granted('s3:PutObject')).toMatchObject({ result: 'PASS' });
    const validated = await analyzer(
      'validate-policy',
      '--policy-type',
      'IDENTITY_POLICY',
      '--policy-document',
      '{"Version":"2012-10-17","Statement":[{"Effect":"Alow","Action":"s3:GetObject","Resource":"*"}]}',
    );
    expect(validated).toMatchObject({ findings: [{ findingType: 'ERROR', issueCode: 'INVALID_EFFECT' }] });
  }, 60_000);

  it('lists, shows, archives by rule and previews what the demo organization shares', async () => {
    const { arn } = (await analyzer('create-analyzer', '--analyzer-name', 'all', '--type', 'ORGANIZATION')) as {
      arn: string;
    };
    const about = (operation: string, ...args: string[]) => analyzer(operation, '--analyzer-arn', arn, ...args);
    const { findings } = (await about('list-findings')) as {
      findings: { id: string; resource: string; resourceType: string; isPublic: boolean }[];
    };
    expect(new Set(findings.map(({ resourceType }) => resourceType)).size).toBeGreaterThan(8);
    const open = findings.filter(({ isPublic }) => isPublic);
    const [first] = findings;
    const id = first?.id ?? '';
    expect(await about('get-finding', '--id', id)).toMatchObject({ finding: { id, resource: first?.resource } });
    expect(await about('get-finding-v2', '--id', id)).toMatchObject({
      id,
      findingType: 'ExternalAccess',
      findingDetails: [{ externalAccessDetails: { isPublic: first?.isPublic } }],
    });
    const filter = JSON.stringify({ isPublic: { eq: ['true'] } });
    const rule = ['--analyzer-name', 'all', '--rule-name', 'public-on-purpose', '--filter', filter];
    await analyzer('create-archive-rule', ...rule);
    await about('apply-archive-rule', '--rule-name', 'public-on-purpose');
    const archived = JSON.stringify({ status: { eq: ['ARCHIVED'] } });
    expect(await about('list-findings', '--filter', archived)).toMatchObject({ findings: { length: open.length } });
    const bucket = 'arn:aws:s3:::previewed';
    await aws('s3api', 'create-bucket', '--bucket', 'previewed');
    const configurations = JSON.stringify({
      [bucket]: {
        s3Bucket: { bucketPolicy: policy({ AWS: '999988887777' }).replaceAll('shared-with-all', 'previewed') },
      },
    });
    const preview = (await about('create-access-preview', '--configurations', configurations)) as { id: string };
    expect(await about('list-access-preview-findings', '--access-preview-id', preview.id)).toMatchObject({
      findings: [{ changeType: 'NEW', resource: bucket, principal: { AWS: '999988887777' }, status: 'ACTIVE' }],
    });
  }, 120_000);

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
