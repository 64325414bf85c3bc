import { expect, it } from 'vitest';
import { cloudtrail } from './cloudtrail.js';
import { ACCOUNT, collectFrom, names } from './testing.fixture.js';

const OWNER = '999999999999';

function trail(Name: string, HomeRegion: string, owner = ACCOUNT) {
  const TrailARN = `arn:aws:cloudtrail:${HomeRegion}:${owner}:trail/${Name}`;
  return { Name, HomeRegion, TrailARN, IsMultiRegionTrail: true };
}

const rules = {
  GetTrailStatus: { IsLogging: true, LatestDeliveryTime: 't', LatestDeliveryAttemptTime: 'u', TimeLoggingStarted: 'v' },
  GetEventSelectors: { EventSelectors: [] },
  ListTags: { ResourceTagList: [{ TagsList: [{ Key: 'a', Value: 'b' }] }] },
};

it('a trail is shown in every region and kept once, at home, without what changes by itself', async () => {
  const seen = { ...rules, DescribeTrails: { trailList: [trail('all', 'us-east-1')] } };
  const { resources, gaps, calls } = await collectFrom(cloudtrail, seen, ['eu-west-1', 'us-east-1']);
  expect(gaps).toEqual([]);
  expect(resources.map(({ region }) => region)).toEqual(['us-east-1']);
  expect(resources[0]?.configuration).toMatchObject({
    Status: { IsLogging: true, LatestDeliveryTime: 't', TimeLoggingStarted: 'v' },
    EventSelectors: [],
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  expect(resources[0]?.configuration).not.toHaveProperty('Status.LatestDeliveryAttemptTime');
  expect(names(calls)).toContain('GetTrailStatus us-east-1');
});

it('a trail whose home is not being read is kept in the first region, and asked about at home', async () => {
  const seen = { ...rules, DescribeTrails: { trailList: [trail('all', 'ap-south-1')] } };
  const { resources, calls } = await collectFrom(cloudtrail, seen, ['eu-west-1', 'us-east-1']);
  expect(resources.map(({ region }) => region)).toEqual(['eu-west-1']);
  expect(names(calls).filter((name) => name.startsWith('Get'))).toEqual([
    'GetTrailStatus ap-south-1',
    'GetEventSelectors ap-south-1',
  ]);
});

it("the organization's trail, as a member sees it, has no gap for what only its owner may see", async () => {
  const organization = trail('organization', 'eu-west-1', OWNER);
  const { resources, gaps, calls } = await collectFrom(cloudtrail, {
    ...rules,
    DescribeTrails: { trailList: [organization] },
    GetEventSelectors: 'TrailNotFoundException',
    ListTags: 'AccessDenied',
  });
  expect(gaps).toEqual([]);
  expect(resources[0]?.configuration).toEqual({
    ...organization,
    Status: { IsLogging: true, LatestDeliveryTime: 't', TimeLoggingStarted: 'v' },
  });
  expect(names(calls)).not.toContain('ListTags eu-west-1');
});

it('an own trail that may not be looked into is a gap; one deleted since is not there', async () => {
  const two = { trailList: [trail('closed', 'eu-west-1'), trail('gone', 'eu-west-1')] };
  const { resources, gaps } = await collectFrom(cloudtrail, {
    ...rules,
    DescribeTrails: two,
    GetTrailStatus: ({ input }) =>
      String(input['Name']).endsWith('gone') ? 'TrailNotFoundException' : 'AccessDeniedException',
  });
  expect(resources.map(({ arn }) => arn)).toEqual([trail('closed', 'eu-west-1').TrailARN]);
  expect(resources[0]?.configuration).not.toHaveProperty('Status');
  expect(gaps).toMatchObject([{ operation: 'GetTrailStatus', resourceArn: trail('closed', 'eu-west-1').TrailARN }]);
});
