import { blockBucketStep } from '../bucket-block-step.js';
import { notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';
import { isAllBlocked } from '../public-access-block.js';

export const playbook: Playbook = {
  id: 'block-public-access-on-bucket',
  title: 'Block public access to a bucket',
  description:
    'Switches all four settings of S3 Block Public Access on for one bucket. Its policy and ACL stay as they are, without effect on strangers while the blocks are on.',
  controls: ['S3.2', 'S3.3', 'S3.8'],
  risk: 'H',
  calls: ['s3:GetPublicAccessBlock', 's3:PutPublicAccessBlock', 's3:DeletePublicAccessBlock'],
  plan(subject, estate) {
    const bucket = estate.get('AWS::S3::Bucket', subject.resourceArn, subject.accountId);
    if (bucket === undefined) return notFound(subject);
    const had = bucket.configuration.PublicAccessBlockConfiguration;
    if (had === undefined) return notRead('the bucket’s Block Public Access');
    if (isAllBlocked(had)) return refuse('everything is blocked already', 'scan again');
    const isPublic = bucket.configuration.PolicyStatus?.IsPublic === true;
    return planOf(playbook, subject, [blockBucketStep(bucket)], {
      warnings: isPublic
        ? [{ code: 'publicNow', text: 'the bucket is public by its policy today: strangers lose access' }]
        : [],
      outsideModel: ['requests of strangers that the bucket answers today'],
    });
  },
};
