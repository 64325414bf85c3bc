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

const account = resource('AWS::::Account', `AWS::::Account:${ACCOUNT}`, { AccountId: ACCOUNT }, 'global');

describe('recording every region', () => {
  it('makes a trail, and a bucket that only this trail may write to, where there is none', async () => {
    const result = await rehearsed(playbook, subjectOf('CloudTrail.1', account), {}, estateOf(account));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ id }) => id)).toEqual(['create-bucket', 'allow-cloudtrail', 'create-trail', 'start']);
    expect(String(plan.steps[1]?.call.input['Policy'])).toContain('"aws:SourceArn"');
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it.each([
    { name: 'widens a trail of one region', given: { IsMultiRegionTrail: false }, steps: ['widen'] },
    { name: 'starts a stopped trail', given: { Status: { IsLogging: false } }, steps: ['start'] },
    {
      name: 'records what a trail leaves out',
      given: { EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true, DataResources: [] }] },
      steps: ['select'],
    },
  ])('$name', async ({ given, steps }) => {
    const bucket = resource('AWS::S3::Bucket', 'arn:aws:s3:::logs', { Name: 'logs', BucketRegion: REGION });
    const result = await rehearsed(
      playbook,
      subjectOf('CloudTrail.1', account),
      {},
      estateOf(account, trail(given), bucket),
    );
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ id }) => id)).toEqual(steps);
    expect(rehearsal.summary.closes).toBe(true);
  });

  it('never touches a trail of the organization', async () => {
    const organization = trail({ IsOrganizationTrail: true, IsMultiRegionTrail: false });
    const result = await rehearsed(playbook, subjectOf('CloudTrail.1', account), {}, estateOf(account, organization));
    expect((result as { plan: Plan }).plan.steps.map(({ id }) => id)).toContain('create-trail');
  });
});
