import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../reference/api-call.js';
import { s3 } from './s3.js';
import { collectFrom, names } from './testing.fixture.js';

const bare = {
  GetBucketVersioning: {},
  GetPublicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
  GetBucketPolicy: 'NoSuchBucketPolicy',
  GetBucketAcl: { Grants: [] },
  GetBucketLogging: {},
  GetBucketEncryption: 'ServerSideEncryptionConfigurationNotFoundError',
  GetBucketOwnershipControls: 'OwnershipControlsNotFoundError',
  GetBucketLifecycleConfiguration: 'NoSuchLifecycleConfiguration',
  GetBucketTagging: 'NoSuchTagSet',
};

describe('buckets', () => {
  it('are listed once, and each is read in its own region and only where that is being read', async () => {
    const Buckets = [
      { Name: 'here', BucketRegion: 'eu-west-1' },
      { Name: 'there', BucketRegion: 'us-east-1' },
      { Name: 'far', BucketRegion: 'ap-south-1' },
    ];
    const read = await collectFrom(s3, { ...bare, ListBuckets: { Buckets } }, ['eu-west-1', 'us-east-1']);
    expect(read.gaps).toEqual([]);
    expect(read.resources.map(({ arn, region }) => `${arn} ${region}`)).toEqual([
      'arn:aws:s3:::here eu-west-1',
      'arn:aws:s3:::there us-east-1',
    ]);
    expect(names(read.calls).filter((name) => name.startsWith('ListBuckets'))).toEqual(['ListBuckets global']);
    const acls = read.calls.filter(({ operation }) => operation === 'GetBucketAcl');
    expect(acls.map(({ input, region }) => [input['Bucket'], region])).toEqual([
      ['here', 'eu-west-1'],
      ['there', 'us-east-1'],
    ]);
  });

  it('that have nothing say null, which is not the same as unread', async () => {
    const { resources, calls } = await collectFrom(s3, {
      ...bare,
      ListBuckets: { Buckets: [{ Name: 'b', BucketRegion: 'eu-west-1' }] },
    });
    expect(resources[0]?.configuration).toEqual({
      Name: 'b',
      BucketRegion: 'eu-west-1',
      PublicAccessBlockConfiguration: null,
      Policy: null,
      PolicyStatus: null,
      Acl: { Grants: [] },
      LoggingEnabled: null,
      ServerSideEncryptionConfiguration: null,
      Versioning: {},
      OwnershipControls: null,
      LifecycleRules: null,
      Tags: [],
    });
    // A bucket without a policy has no status to ask for.
    expect(calls.map(({ operation }) => operation)).not.toContain('GetBucketPolicyStatus');
  });

  it('whose policy may not be read lack that member alone, with a gap about it', async () => {
    const { resources, gaps } = await collectFrom(s3, {
      ...bare,
      ListBuckets: { Buckets: [{ Name: 'b', BucketRegion: 'eu-west-1' }] },
      GetBucketPolicy: 'AccessDenied',
      GetBucketPolicyStatus: { PolicyStatus: { IsPublic: true } },
    });
    expect(resources[0]?.configuration).not.toHaveProperty('Policy');
    expect(resources[0]?.configuration).toMatchObject({ PolicyStatus: { IsPublic: true }, LoggingEnabled: null });
    expect(gaps).toMatchObject([{ operation: 'GetBucketPolicy', region: 'eu-west-1', resourceArn: 'arn:aws:s3:::b' }]);
  });

  it('deleted since they were listed are not there, which is no gap', async () => {
    const gone = {
      ListBuckets: { Buckets: [{ Name: 'b', BucketRegion: 'eu-west-1' }] },
      GetBucketVersioning: 'NoSuchBucket',
    };
    expect(await collectFrom(s3, gone)).toMatchObject({ resources: [], gaps: [] });
  });

  it('that cannot be listed are a gap in every region they could be in', async () => {
    const { gaps } = await collectFrom(s3, { ListBuckets: 'AccessDenied' }, ['eu-west-1', 'us-east-1']);
    expect(gaps.map(({ region, types }) => [region, types])).toEqual([
      ['eu-west-1', ['AWS::S3::Bucket']],
      ['us-east-1', ['AWS::S3::Bucket']],
    ]);
  });
});

describe('where the list does not tell regions', () => {
  const places: Record<string, string | undefined> = { old: 'EU', first: undefined, plain: 'eu-west-1', empty: '' };
  const rules = {
    ...bare,
    ListBuckets: { Buckets: Object.keys(places).map((Name) => ({ Name })) },
    GetBucketLocation: ({ input }: ApiCall) => ({ LocationConstraint: places[String(input['Bucket'])] }),
  };

  it('each bucket is asked once, and the old names of regions are understood', async () => {
    const { resources, calls } = await collectFrom(s3, rules, ['us-east-1', 'eu-west-1']);
    expect(resources.map(({ arn, region }) => `${arn.slice(13)} ${region}`).sort()).toEqual([
      'empty us-east-1',
      'first us-east-1',
      'old eu-west-1',
      'plain eu-west-1',
    ]);
    expect(names(calls).filter((name) => name.startsWith('GetBucketLocation'))).toHaveLength(4);
  });

  it('a bucket that cannot be placed is a gap over its type: it is not in the estate', async () => {
    const { resources, gaps } = await collectFrom(s3, { ...rules, GetBucketLocation: 'AccessDenied' });
    expect(resources).toEqual([]);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ operation: 'GetBucketLocation', types: ['AWS::S3::Bucket'] });
    expect(gaps[0]).not.toHaveProperty('resourceArn');
  });
});
