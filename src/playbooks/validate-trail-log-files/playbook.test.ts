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

describe('log file validation', () => {
  it('is switched on, and nothing else of the trail changes', async () => {
    const result = await rehearsed(playbook, subjectOf('CloudTrail.4', trail()), {}, estateOf(trail()));
    const { rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(rehearsal.summary.changes).toMatchObject([{ paths: ['LogFileValidationEnabled'] }]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('refuses a trail that has it', async () => {
    const subject = trail({ LogFileValidationEnabled: true });
    expect(await rehearsed(playbook, subjectOf('CloudTrail.4', subject), {}, estateOf(subject))).toHaveProperty(
      'refused',
    );
  });
});
