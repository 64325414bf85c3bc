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

/** S3 Control's collector. */
export const s3control = [accountBlock] as const;
