import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

const arn = `arn:aws:s3::${ACCOUNT}:account-public-access-block`;
const settings = (PublicAccessBlockConfiguration: typeof ALL | null) =>
  resource('Hikeshi::S3::AccountPublicAccessBlock', arn, { PublicAccessBlockConfiguration }, 'global');

describe('blocking an account', () => {
  it.each([
    { name: 'nothing', had: null, inverse: 'DeletePublicAccessBlock' },
    { name: 'some settings', had: { ...ALL, BlockPublicPolicy: false }, inverse: 'PutPublicAccessBlock' },
  ])('where there was $name, the undo restores it', async ({ had, inverse }) => {
    const subject = settings(had);
    const result = await rehearsed(playbook, subjectOf('S3.1', subject), {}, estateOf(subject));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps[0]?.undo).toMatchObject([{ operation: inverse }]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('names the buckets that are public by policy today', async () => {
    const bucket = resource('AWS::S3::Bucket', 'arn:aws:s3:::site', {
      Name: 'site',
      BucketRegion: REGION,
      PublicAccessBlockConfiguration: null,
      PolicyStatus: { IsPublic: true },
    });
    const subject = settings(null);
    const result = await rehearsed(playbook, subjectOf('S3.1', subject), {}, estateOf(subject, bucket));
    expect(result).toMatchObject({
      plan: { warnings: [{ code: 'publicBuckets', text: expect.stringContaining('site') as string }] },
    });
  });

  it('refuses an account where everything is blocked', async () => {
    expect(await rehearsed(playbook, subjectOf('S3.1', settings(ALL)), {}, estateOf(settings(ALL)))).toHaveProperty(
      'refused',
    );
  });
});
