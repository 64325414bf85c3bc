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

describe('the bucket of a trail', () => {
  it('is blocked, and open again after the undo', async () => {
    const result = await rehearsed(playbook, subjectOf('CloudTrail.6', trail()), {}, estateOf(trail(), logs()));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps[0]?.call.input).toMatchObject({ Bucket: 'logs' });
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('of another account that was not scanned is refused, with what to do', async () => {
    expect(await rehearsed(playbook, subjectOf('CloudTrail.6', trail()), {}, estateOf(trail()))).toMatchObject({
      refused: 'bucket `logs` is not in the estate',
    });
  });
});
