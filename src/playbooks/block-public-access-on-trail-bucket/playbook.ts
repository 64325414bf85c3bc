import { blockBucketStep } from '../bucket-block-step.js';
import { notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';
import { isAllBlocked } from '../public-access-block.js';

export const playbook: Playbook = {
  id: 'block-public-access-on-trail-bucket',
  title: 'Block public access to the bucket of a trail',
  description:
    'Switches all four settings of S3 Block Public Access on for the bucket that a trail writes to. CloudTrail itself writes as a service and is not affected.',
  controls: ['CloudTrail.6'],
  risk: 'M',
  calls: ['s3:GetPublicAccessBlock', 's3:PutPublicAccessBlock', 's3:DeletePublicAccessBlock'],
  plan(subject, estate) {
    const trail = estate.get('AWS::CloudTrail::Trail', subject.resourceArn, subject.accountId);
    if (trail === undefined) return notFound(subject);
    const name = trail.configuration.S3BucketName ?? '';
    const bucket = estate.get('AWS::S3::Bucket', `arn:${estate.header.partition}:s3:::${name}`);
    if (bucket === undefined)
      return refuse(`bucket \`${name}\` is not in the estate`, 'scan the account that owns it too');
    const had = bucket.configuration.PublicAccessBlockConfiguration;
    if (had === undefined) return notRead('the bucket’s Block Public Access');
    if (isAllBlocked(had)) return refuse('everything is blocked already', 'scan again');
    return planOf(playbook, subject, [blockBucketStep(bucket)], {
      outsideModel: ['whoever reads the logs as a stranger today'],
    });
  },
};
