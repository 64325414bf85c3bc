import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

const bucket = (PublicAccessBlockConfiguration: typeof ALL | null | undefined, isPublic = false) =>
  resource('AWS::S3::Bucket', 'arn:aws:s3:::data', {
    Name: 'data',
    BucketRegion: REGION,
    PolicyStatus: { IsPublic: isPublic },
    ...(PublicAccessBlockConfiguration === undefined ? {} : { PublicAccessBlockConfiguration }),
  });

describe('blocking a bucket', () => {
  it.each([{ had: null }, { had: { ...ALL, IgnorePublicAcls: false } }])('over $had, and back', async ({ had }) => {
    const result = await rehearsed(playbook, subjectOf('S3.8', bucket(had)), {}, estateOf(bucket(had)));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps[0]?.call.region).toBe(REGION);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('warns when the bucket is public now', async () => {
    const result = await rehearsed(playbook, subjectOf('S3.8', bucket(null, true)), {}, estateOf(bucket(null, true)));
    expect(result).toMatchObject({ plan: { warnings: [{ code: 'publicNow' }] } });
  });

  it.each(['S3.2', 'S3.3'])('closes %s of a bucket that is public by its policy and its ACL', async (controlId) => {
    const everyone = { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/global/AllUsers' };
    const open = resource('AWS::S3::Bucket', 'arn:aws:s3:::data', {
      Name: 'data',
      BucketRegion: REGION,
      PublicAccessBlockConfiguration: null,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::data/*' },
      }),
      PolicyStatus: { IsPublic: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
      Acl: { Grants: [{ Grantee: everyone, Permission: 'FULL_CONTROL' }] },
    });
    const result = await rehearsed(playbook, subjectOf(controlId, open), {}, estateOf(open));
    expect(result).toMatchObject({ rehearsal: { summary: { closes: true, undo: { status: 'restores' } } } });
  });

  it.each([
    { name: 'a blocked one', subject: bucket(ALL) },
    { name: 'one whose settings were not read', subject: bucket(undefined) },
  ])('refuses $name', async ({ subject }) => {
    expect(await rehearsed(playbook, subjectOf('S3.8', subject), {}, estateOf(subject))).toHaveProperty('refused');
  });
});
