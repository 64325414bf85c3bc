import {
  GetAnalyzedResourceCommand,
  GetFindingCommand,
  GetFindingsStatisticsCommand,
  GetFindingV2Command,
  ListAnalyzedResourcesCommand,
  ListFindingsCommand,
  ListFindingsV2Command,
  StartResourceScanCommand,
  UpdateFindingsCommand,
  type Criterion,
} from '@aws-sdk/client-accessanalyzer';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { describe, expect, it, test } from 'vitest';
import {
  ACCOUNT,
  analyzed,
  bucket,
  document,
  onBucket,
  PARTNER,
  queue,
  REGION,
  role,
  trust,
} from './testing.fixture.js';

const SOURCE = { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } };
const open = document({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' });
const resources = [bucket(document(onBucket({ AWS: PARTNER }, SOURCE))), role(trust), queue(open)];
const created = new Date('2026-03-01T00:00:00.000Z');

describe('a finding', () => {
  it('has the shape of AWS, in both versions of the API', async () => {
    const { analyzer, analyzerArn, list } = await analyzed(resources);
    const [found] = await list({ filter: { resourceType: { eq: ['AWS::S3::Bucket'] } } });
    const summary = {
      id: found?.id,
      resource: 'arn:aws:s3:::data',
      resourceType: 'AWS::S3::Bucket',
      resourceOwnerAccount: ACCOUNT,
      status: 'ACTIVE',
      createdAt: created,
      analyzedAt: created,
      updatedAt: created,
    };
    const access = {
      principal: { AWS: PARTNER },
      action: ['s3:GetObject'],
      isPublic: false,
      condition: { 'aws:SourceIp': '203.0.113.0/24' },
      sources: [{ type: 'POLICY' }],
      resourceControlPolicyRestriction: 'NOT_APPLICABLE',
    };
    expect(found).toEqual({ ...summary, ...access });
    const id = found?.id ?? '';
    expect((await analyzer.send(new GetFindingCommand({ analyzerArn, id }))).finding).toEqual(found);
    const { $metadata: _, ...second } = await analyzer.send(new GetFindingV2Command({ analyzerArn, id }));
    expect(second).toEqual({
      ...summary,
      findingType: 'ExternalAccess',
      findingDetails: [{ externalAccessDetails: access }],
    });
    const { findings = [] } = await analyzer.send(new ListFindingsV2Command({ analyzerArn }));
    expect(findings).toContainEqual({ ...summary, findingType: 'ExternalAccess' });
  });

  it('of an access point is one of its bucket, by a source that names the access point', async () => {
    const accessPointArn = `arn:aws:s3:${REGION}:${ACCOUNT}:accesspoint/shared`;
    const point = {
      arn: accessPointArn,
      type: 'AWS::S3::AccessPoint',
      accountId: ACCOUNT,
      region: REGION,
      configuration: {
        Name: 'shared',
        Bucket: 'data',
        Policy: document(onBucket({ AWS: PARTNER }, { Resource: `${accessPointArn}/object/*` })),
      },
    } as never;
    const { analyzer, analyzerArn, list } = await analyzed([bucket(null), point]);
    const filter = { resource: { eq: ['arn:aws:s3:::data'] } };
    const [found] = await list({ filter });
    expect(found).toMatchObject({
      resourceType: 'AWS::S3::Bucket',
      sources: [{ type: 'S3_ACCESS_POINT', detail: { accessPointArn } }],
    });
    const resourceArn = 'arn:aws:s3:::data';
    const { resource } = await analyzer.send(new GetAnalyzedResourceCommand({ analyzerArn, resourceArn }));
    expect(resource).toMatchObject({ status: 'ACTIVE', sharedVia: ['S3_ACCESS_POINT'], actions: ['s3:GetObject'] });
    const listed = await analyzer.send(new ListAnalyzedResourcesCommand({ analyzerArn }));
    expect(listed.analyzedResources?.map((one) => one.resourceArn)).toEqual([resourceArn]);
    await analyzer.send(new UpdateFindingsCommand({ analyzerArn, status: 'ARCHIVED', ids: [found?.id ?? ''] }));
    expect((await list({ filter })).map(({ status }) => status)).toEqual(['ARCHIVED']);
  });

  it('is public when everyone gets in', async () => {
    const { list } = await analyzed(resources);
    const found = await list({ filter: { isPublic: { eq: ['true'] } } });
    expect(found.map(({ resource, principal }) => [resource, principal])).toEqual([
      [`arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`, { AWS: '*' }],
    ]);
  });

  it('is there as soon as a policy is, and gone as soon as it is not', async () => {
    const { client, list } = await analyzed([bucket(null)]);
    const s3 = await client('s3');
    const put = (statement: object) =>
      s3.send(new PutBucketPolicyCommand({ Bucket: 'data', Policy: document(statement) }));
    expect(await list()).toEqual([]);
    await put(onBucket({ AWS: PARTNER }));
    expect(await list()).toHaveLength(1);
    await put(onBucket({ AWS: ACCOUNT }));
    expect(await list()).toEqual([]);
  });

  it('is of the region, or of the account as a whole', async () => {
    const elsewhere = [bucket(document(onBucket('*')), 'us-east-1'), queue(open, 'us-east-1'), role(trust)];
    const { list } = await analyzed(elsewhere);
    expect((await list()).map(({ resourceType }) => resourceType)).toEqual(['AWS::IAM::Role']);
  });

  it('is an error where a policy cannot be read: nothing is passed over in silence', async () => {
    const { analyzer, analyzerArn, list } = await analyzed([bucket('{"Statement": oops')]);
    expect(await list({ filter: { error: { exists: true } } })).toMatchObject([
      { resource: 'arn:aws:s3:::data', error: 'INTERNAL_ERROR', status: 'ACTIVE' },
    ]);
    const { resource } = await analyzer.send(
      new GetAnalyzedResourceCommand({ analyzerArn, resourceArn: 'arn:aws:s3:::data' }),
    );
    expect(resource).toMatchObject({ error: 'INTERNAL_ERROR', isPublic: false, actions: [] });
  });
});

describe('a listing', () => {
  test.each<[Record<string, Criterion>, number]>([
    [{ 'principal.AWS': { contains: ['4444'] } }, 2],
    [{ 'principal.AWS': { eq: [PARTNER] }, resourceType: { neq: ['AWS::IAM::Role'] } }, 1],
    [{ 'condition.aws:SourceIp': { exists: true } }, 1],
    [{ resourceOwnerAccount: { eq: [ACCOUNT] } }, 3],
    [{ status: { eq: ['ARCHIVED'] } }, 0],
    [{ findingType: { eq: ['ExternalAccess'] } }, 3],
  ])('with filter %j has %i', async (filter, count) => {
    expect(await (await analyzed(resources)).list({ filter })).toHaveLength(count);
  });

  it('is sorted and paged', async () => {
    const { analyzer, analyzerArn } = await analyzed(resources);
    const types: (string | undefined)[] = [];
    for (let nextToken: string | undefined, page = 0; page === 0 || nextToken !== undefined; page++) {
      const sort = { attributeName: 'resourceType', orderBy: 'DESC' } as const;
      const answer = await analyzer.send(new ListFindingsCommand({ analyzerArn, sort, maxResults: 1, nextToken }));
      types.push(...(answer.findings ?? []).map(({ resourceType }) => resourceType));
      ({ nextToken } = answer);
    }
    expect(types).toEqual(['AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::IAM::Role']);
  });

  test.each([
    [{ filter: { principal: { eq: ['x'] } } }],
    [{ filter: { resource: {} } }],
    [{ sort: { attributeName: 'colour' } }],
  ])('refuses %j', async (given) => {
    const { list } = await analyzed(resources);
    await expect(list(given)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('what a person decides', () => {
  it('stays with the finding, until its meaning changes', async () => {
    const { analyzer, analyzerArn, client, list, advance } = await analyzed(resources);
    advance(60_000);
    const [found] = await list({ filter: { resource: { eq: ['arn:aws:s3:::data'] } } });
    await analyzer.send(new UpdateFindingsCommand({ analyzerArn, status: 'ARCHIVED', ids: [found?.id ?? ''] }));
    const archived = await list({ filter: { status: { eq: ['ARCHIVED'] } } });
    expect(archived).toMatchObject([{ id: found?.id, updatedAt: new Date('2026-03-01T00:01:00.000Z') }]);

    const s3 = await client('s3');
    const wider = document(onBucket({ AWS: PARTNER }, { Action: ['s3:GetObject', 's3:PutObject'], ...SOURCE }));
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'data', Policy: wider }));
    const [anew] = await list({ filter: { resource: { eq: ['arn:aws:s3:::data'] } } });
    expect(anew).toMatchObject({ status: 'ACTIVE', action: ['s3:GetObject', 's3:PutObject'] });
    expect(anew?.id).not.toBe(found?.id);
  });

  it('can be said of a resource, and be taken back', async () => {
    const { analyzer, analyzerArn, list } = await analyzed(resources);
    const update = (status: 'ACTIVE' | 'ARCHIVED') =>
      analyzer.send(new UpdateFindingsCommand({ analyzerArn, status, resourceArn: 'arn:aws:s3:::data' }));
    await update('ARCHIVED');
    expect(await list({ filter: { status: { eq: ['ACTIVE'] } } })).toHaveLength(2);
    await update('ACTIVE');
    expect(await list({ filter: { status: { eq: ['ACTIVE'] } } })).toHaveLength(3);
  });

  it('cannot be said of what is not there', async () => {
    const { analyzer, analyzerArn } = await analyzed(resources);
    const update = new UpdateFindingsCommand({ analyzerArn, status: 'ARCHIVED', ids: ['nothing'] });
    await expect(analyzer.send(update)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const get = new GetFindingCommand({ analyzerArn, id: 'nothing' });
    await expect(analyzer.send(get)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('what was analyzed', () => {
  it('is listed, also what shares nothing, and counted', async () => {
    const { analyzer, analyzerArn } = await analyzed(resources);
    const { analyzedResources = [] } = await analyzer.send(new ListAnalyzedResourcesCommand({ analyzerArn }));
    expect(new Set(analyzedResources.map(({ resourceType }) => resourceType))).toEqual(
      new Set(['AWS::IAM::Role', 'AWS::S3::Bucket', 'AWS::SQS::Queue']),
    );
    const { findingsStatistics } = await analyzer.send(new GetFindingsStatisticsCommand({ analyzerArn }));
    expect(findingsStatistics).toEqual([
      {
        externalAccessFindingsStatistics: {
          resourceTypeStatistics: {
            'AWS::S3::Bucket': { totalActivePublic: 0, totalActiveCrossAccount: 1, totalActiveErrors: 0 },
            'AWS::IAM::Role': { totalActivePublic: 0, totalActiveCrossAccount: 1, totalActiveErrors: 0 },
            'AWS::SQS::Queue': { totalActivePublic: 1, totalActiveCrossAccount: 0, totalActiveErrors: 0 },
          },
          totalActiveFindings: 3,
          totalArchivedFindings: 0,
          totalResolvedFindings: 0,
        },
      },
    ]);
  });

  it('is shown one by one, and scanned on demand', async () => {
    const { analyzer, analyzerArn, fork } = await analyzed(resources);
    const resourceArn = 'arn:aws:s3:::data';
    const { resource } = await analyzer.send(new GetAnalyzedResourceCommand({ analyzerArn, resourceArn }));
    expect(resource).toMatchObject({ resourceArn, status: 'ACTIVE', actions: ['s3:GetObject'], sharedVia: ['POLICY'] });
    await analyzer.send(new StartResourceScanCommand({ analyzerArn, resourceArn }));
    const scanned = fork.get('AWS::AccessAnalyzer::Analyzer', analyzerArn)?.configuration;
    expect(scanned?.lastResourceAnalyzed).toBe(resourceArn);
    const other = new StartResourceScanCommand({ analyzerArn, resourceArn: 'arn:aws:s3:::other' });
    await expect(analyzer.send(other)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
