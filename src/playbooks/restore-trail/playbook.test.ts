import { describe, expect, it } from 'vitest';
import { controls } from '../../controls/catalogue.js';
import { BaselineEstate } from '../../controls/tamper/baseline-estate.js';
import { tamperControls } from '../../controls/tamper/catalogue.js';
import { Fork } from '../../estate/fork.js';
import type { ResourceTypes } from '../../estate/resource-types.js';
import { rehearse } from '../../rehearsal/rehearse.js';
import { isRefusal } from '../playbook.js';
import { ACCOUNT, estateOf, expectDeclared, NOW, REGION, resource } from '../testing.fixture.js';
import { playbook } from './playbook.js';

type Trail = ResourceTypes['AWS::CloudTrail::Trail'];

const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
const everything = [
  { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
] as const;
const good: Trail = {
  Name: 'main',
  TrailARN: arn,
  S3BucketName: 'logs',
  HomeRegion: REGION,
  IsMultiRegionTrail: true,
  IsOrganizationTrail: false,
  IncludeGlobalServiceEvents: true,
  LogFileValidationEnabled: true,
  HasCustomEventSelectors: false,
  HasInsightSelectors: false,
  Status: { IsLogging: true },
  EventSelectors: [...everything] as unknown as NonNullable<Trail['EventSelectors']>,
  Tags: [{ Key: 'owner', Value: 'security' }],
};
const bucket = (name: string) =>
  resource('AWS::S3::Bucket', `arn:aws:s3:::${name}`, {
    Name: name,
    BucketRegion: REGION,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudtrail.amazonaws.com' },
          Action: ['s3:GetBucketAcl', 's3:PutObject'],
          Resource: ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'],
        },
      ],
    }),
  });

/** The estate of the last scan, and then what was found of the trail: `undefined` when it is gone. */
async function after(tampered: Partial<Trail> | undefined) {
  const scanned = estateOf(resource('AWS::CloudTrail::Trail', arn, good), bucket('logs'), bucket('elsewhere'));
  const fork = new Fork(new BaselineEstate(scanned));
  const known = fork.get('AWS::CloudTrail::Trail', arn)!;
  if (tampered === undefined) fork.remove(known);
  else fork.put({ ...known, configuration: { ...good, ...tampered } });
  const subject = {
    controlId: 'Hikeshi.CloudTrail.1',
    accountId: ACCOUNT,
    region: REGION,
    resourceType: 'Hikeshi::CloudTrail::TrailBaseline',
    resourceArn: arn,
  } as const;
  const plan = playbook.plan(subject, fork, {});
  if (isRefusal(plan)) return plan;
  expectDeclared(playbook, plan);
  const { summary, after } = await rehearse({
    plan,
    estate: fork,
    controls: [...controls, ...tamperControls],
    now: NOW,
  });
  const left = after.get('AWS::CloudTrail::Trail', arn)?.configuration;
  return { steps: plan.steps.map(({ call }) => call.operation), summary, left };
}

describe('a trail that was tampered with is put back', () => {
  it.each([
    { name: 'stopped', tampered: { Status: { IsLogging: false } }, steps: ['StartLogging'] },
    {
      name: 'made to record reads only',
      tampered: {
        HasCustomEventSelectors: true,
        EventSelectors: [
          {
            ReadWriteType: 'ReadOnly' as const,
            IncludeManagementEvents: true,
            DataResources: [],
            ExcludeManagementEventSources: [],
          },
        ],
      },
      steps: ['PutEventSelectors'],
    },
    { name: 'sent elsewhere', tampered: { S3BucketName: 'elsewhere' }, steps: ['UpdateTrail'] },
    {
      name: 'narrowed to a region and stopped',
      tampered: { IsMultiRegionTrail: false, LogFileValidationEnabled: false, Status: { IsLogging: false } },
      steps: ['UpdateTrail', 'StartLogging'],
    },
    { name: 'deleted', tampered: undefined, steps: ['CreateTrail', 'StartLogging'] },
  ])('$name', async ({ tampered, steps }) => {
    const result = await after(tampered);
    expect(result).toMatchObject({ steps, summary: { closes: true, undo: { status: 'restores' } } });
    const { left } = result as Exclude<typeof result, { refused: string }>;
    expect({ ...left, HasCustomEventSelectors: false }).toEqual({ ...good, Status: { IsLogging: true } });
  });

  it('nothing is done to one that is as it was', async () => {
    expect(await after({})).toMatchObject({ refused: 'the trail is as it was' });
  });

  it('refuses where it was not read whether it is logging', async () => {
    expect(await after({ Status: undefined as never })).toMatchObject({
      refused: 'whether the trail is logging was not read',
    });
  });
});
