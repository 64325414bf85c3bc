import { defineCollector, resourceAt } from './collector.js';

/**
 * The trails whose home is the region being read. A member account sees the organization's trail in the trail's home
 * region as well, under the owner's ARN: it is kept as the member's own view of it.
 */
const trails = defineCollector({
  service: 'cloudtrail',
  types: ['AWS::CloudTrail::Trail'],
  reads: ['DescribeTrails', 'GetTrailStatus', 'GetEventSelectors', 'ListTags'],
  scope: 'region',
  async *collect(read, target) {
    const seen = await read.list('DescribeTrails', {}, (page) => page.trailList);
    const [firstRegion] = target.regions;
    const mine = seen.filter(({ HomeRegion = target.region }) =>
      // A trail whose home is not being read is still what protects this account: it is kept once.
      target.regions.includes(HomeRegion) ? HomeRegion === target.region : target.region === firstRegion,
    );
    const made = await read.each(mine, async (trail) => {
      const arn = trail.TrailARN ?? '';
      const at = { Name: arn };
      const status = await read.detail('GetTrailStatus', at, arn);
      const selectors = await read.detail('GetEventSelectors', { TrailName: arn }, arn);
      const tags = arn.includes(`:${target.accountId}:`) ? await read.detail('ListTags', { ResourceIdList: [arn] }, arn) : undefined;
      const Tags = tags?.ResourceTagList?.[0]?.TagsList?.map(({ Key = '', Value }) => ({ Key, ...(Value === undefined ? {} : { Value }) }));
      return resourceAt(target, 'AWS::CloudTrail::Trail', arn, {
        ...trail,
        ...(status ? { Status: lasting(status) } : {}),
        ...(selectors?.EventSelectors === undefined ? {} : { EventSelectors: selectors.EventSelectors }),
        ...(selectors?.AdvancedEventSelectors === undefined ? {} : { AdvancedEventSelectors: selectors.AdvancedEventSelectors }),
        ...(Tags === undefined ? {} : { Tags }),
      });
    });
    yield* made;
  },
});

/** Attempt counters change by themselves every few minutes: what lasts is whether it logs, and its last deliveries. */
function lasting<Status extends object>(status: Status): Status {
  const entries = Object.entries(status).filter(([name]) => !/Attempt/.test(name));
  return Object.fromEntries(entries) as Status;
}

export const cloudtrail = [trails] as const;
