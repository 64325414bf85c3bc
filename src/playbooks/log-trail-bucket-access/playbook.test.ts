import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
const trail = (given: object = {}) =>
  resource('AWS::CloudTrail::Trail', arn, {
    Name: 'main',
    TrailARN: arn,
    S3BucketName: 'logs',
    HomeRegion: REGION,
    IsMultiRegionTrail: true,
    IsOrganizationTrail: false,
    IncludeGlobalServiceEvents: true,
    LogFileValidationEnabled: false,
    Status: { IsLogging: true },
    EventSelectors: [
      { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ],
    ...given,
  });

const logs = (given: object = {}) =>
  resource('AWS::S3::Bucket', 'arn:aws:s3:::logs', {
    Name: 'logs',
    BucketRegion: REGION,
    PublicAccessBlockConfiguration: null,
    LoggingEnabled: null,
    Policy: JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject' }],
    }),
    PolicyStatus: { IsPublic: true },
    Acl: { Grants: [] },
    ...given,
  });

const other = (Name: string) => resource('AWS::S3::Bucket', `arn:aws:s3:::${Name}`, { Name, BucketRegion: REGION });

describe('access logging of a trail’s bucket', () => {
  it('goes to the bucket that is there for it, never to itself', async () => {
    const estate = estateOf(trail(), logs(), other('acme-access-logs'));
    const result = await rehearsed(playbook, subjectOf('CloudTrail.7', trail()), {}, estate);
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps[0]?.call.input).toMatchObject({
      BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'acme-access-logs' } },
    });
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it.each([
    { name: 'when no bucket is there for it', parameters: {} },
    { name: 'a bucket that would log into itself', parameters: { 'target-bucket': 'logs' } },
  ])('refuses $name', async ({ parameters }) => {
    expect(
      await rehearsed(playbook, subjectOf('CloudTrail.7', trail()), parameters, estateOf(trail(), logs())),
    ).toHaveProperty('refused');
  });
});
