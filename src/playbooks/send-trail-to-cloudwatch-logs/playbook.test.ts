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

describe('sending a trail to CloudWatch Logs', () => {
  it('makes group and role first, under names without any secret in them', async () => {
    const result = await rehearsed(playbook, subjectOf('CloudTrail.5', trail()), {}, estateOf(trail()));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ id }) => id)).toEqual(['create-log-group', 'create-role', 'put-role-policy', 'deliver']);
    expect(plan.steps[0]?.call.input).toEqual({ logGroupName: 'hikeshi/trail/main' });
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('uses the role that is there', async () => {
    const role = resource(
      'AWS::IAM::Role',
      `arn:aws:iam::${ACCOUNT}:role/hikeshi-trail-to-logs`,
      { RoleName: 'hikeshi-trail-to-logs' },
      'global',
    );
    const result = await rehearsed(playbook, subjectOf('CloudTrail.5', trail()), {}, estateOf(trail(), role));
    expect((result as { plan: Plan }).plan.steps.map(({ id }) => id)).toEqual(['create-log-group', 'deliver']);
  });

  it('refuses a trail that is delivered already', async () => {
    const subject = trail({ CloudWatchLogsLogGroupArn: 'arn:aws:logs:r:1:log-group:g:*' });
    expect(await rehearsed(playbook, subjectOf('CloudTrail.5', subject), {}, estateOf(subject))).toHaveProperty(
      'refused',
    );
  });
});
