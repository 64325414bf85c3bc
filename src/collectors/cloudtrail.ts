import { parseArn } from '../base/arn.js';
import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['TrailNotFoundException'];

/** What a member account is told of the organization's trail, which is not its own to look into. */
const REFUSED = [...GONE, 'AccessDenied', 'AccessDeniedException', 'UnsupportedOperationException'];

/**
 * The trails that protect this account. DescribeTrails shows a trail in every region it records (a "shadow") and the
 * organization's trail in every member account: each is kept once, in its home region. Where that is not being read,
 * the trail still protects what is, and is kept in the first region. Details are always asked for at home, since a
 * shadow tells only of its own region.
 *
 * Source: CloudTrail API Reference, DescribeTrails (`includeShadowTrails`) and GetTrailStatus.
 */
const trails = defineCollector({
  service: 'cloudtrail',
  types: ['AWS::CloudTrail::Trail'],
  reads: ['DescribeTrails', 'GetTrailStatus', 'GetEventSelectors', 'ListTags'],
  scope: 'region',
  async *collect(read, target) {
    const seen = await read.list('DescribeTrails', {}, (page) => page.trailList);
    const [firstRegion] = target.regions;
    const kept = seen.filter(({ HomeRegion = target.region }) =>
      target.regions.includes(HomeRegion) ? HomeRegion === target.region : target.region === firstRegion,
    );
    const made = await read.each(kept, async (trail) => {
      const { TrailARN: arn = '', HomeRegion = target.region } = trail;
      const home = read.in(HomeRegion);
      const own = parseArn(arn)?.accountId === target.accountId;
      const status = await home.detail('GetTrailStatus', { Name: arn }, arn, own ? GONE : REFUSED);
      if (own && status === null) return [];
      const selectors = await home.detail('GetEventSelectors', { TrailName: arn }, arn, own ? GONE : REFUSED);
      const tags = own ? await home.detail('ListTags', { ResourceIdList: [arn] }, arn, GONE) : undefined;
      const { EventSelectors, AdvancedEventSelectors } = selectors ?? {};
      const Tags = tags?.ResourceTagList?.[0]?.TagsList?.map(({ Key = '', Value }) => ({
        Key,
        ...(Value === undefined ? {} : { Value }),
      }));
      const resource = resourceAt(target, 'AWS::CloudTrail::Trail', arn, {
        ...trail,
        ...(status ? { Status: lasting(status) } : {}),
        ...(EventSelectors === undefined ? {} : { EventSelectors }),
        ...(AdvancedEventSelectors === undefined ? {} : { AdvancedEventSelectors }),
        ...(Tags === undefined ? {} : { Tags }),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

/**
 * Volatile: the attempts, which change every few minutes and say nothing that the last delivery and its error do not.
 */
function lasting<Status extends object>(status: Status): Status {
  const entries = Object.entries(status).filter(([name]) => !/Attempt/.test(name));
  return Object.fromEntries(entries) as Status;
}

/** CloudTrail's collector. */
export const cloudtrail = [trails] as const;
