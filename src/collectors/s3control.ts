import { defineCollector, resourceAt } from './collector.js';

const accountBlock = defineCollector({
  service: 's3control',
  types: ['Hikeshi::S3::AccountPublicAccessBlock'],
  reads: ['GetPublicAccessBlock'],
  scope: 'account',
  async *collect(read, target) {
    const answer = await read.one('GetPublicAccessBlock', { AccountId: target.accountId }, [
      'NoSuchPublicAccessBlockConfiguration',
    ]);
    if (answer === undefined) return;
    const arn = `arn:${target.partition}:s3::${target.accountId}:account-public-access-block`;
    const PublicAccessBlockConfiguration = answer?.PublicAccessBlockConfiguration ?? null;
    yield resourceAt(target, 'Hikeshi::S3::AccountPublicAccessBlock', arn, { PublicAccessBlockConfiguration });
  },
});

/** Deleted since it was listed. */
const GONE = ['NoSuchAccessPoint'];
const NO_POLICY = ['NoSuchAccessPointPolicy'];

const accessPoints = defineCollector({
  service: 's3control',
  types: ['AWS::S3::AccessPoint'],
  reads: ['ListAccessPoints', 'GetAccessPoint', 'GetAccessPointPolicy'],
  scope: 'region',
  async *collect(read, target) {
    const AccountId = target.accountId;
    const all = { AccountId, MaxResults: 1000 };
    const listed = await read.list('ListAccessPoints', all, (page) => page.AccessPointList);
    const made = await read.each(listed, async (item) => {
      const { Name, AccessPointArn } = item;
      const arn = AccessPointArn ?? `arn:${target.partition}:s3:${target.region}:${AccountId}:accesspoint/${Name}`;
      const described = await read.detail('GetAccessPoint', { AccountId, Name }, arn, GONE);
      if (described === null) return [];
      const policy = await read.detail('GetAccessPointPolicy', { AccountId, Name }, arn, NO_POLICY);
      const resource = resourceAt(target, 'AWS::S3::AccessPoint', arn, {
        ...item,
        ...described,
        ...(policy === undefined ? {} : { Policy: policy?.Policy ?? null }),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

/** S3 Control's collectors. */
export const s3control = [accountBlock, accessPoints] as const;
