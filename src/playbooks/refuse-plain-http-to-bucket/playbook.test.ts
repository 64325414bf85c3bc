import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const open = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Id: 'mine', Statement });
const reader = {
  Sid: 'RefusePlainHttp',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::444455556666:root' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::data/*',
};

const bucket = (Policy: string | null | undefined, { isPublic = false, blocked = true } = {}) =>
  resource('AWS::S3::Bucket', 'arn:aws:s3:::data', {
    Name: 'data',
    BucketRegion: REGION,
    PublicAccessBlockConfiguration: blocked ? { ...open, BlockPublicPolicy: true } : open,
    ...(Policy === undefined ? {} : { Policy, PolicyStatus: Policy === null ? null : { IsPublic: isPublic } }),
  });
const plan = async (subject: ReturnType<typeof bucket>) =>
  rehearsed(playbook, subjectOf('S3.5', subject), {}, estateOf(subject));

describe('refusing plain HTTP', () => {
  it.each([
    { name: 'a bucket without a policy', given: bucket(null) },
    { name: 'a bucket whose policy has a statement of that name', given: bucket(document(reader)) },
    { name: 'a policy whose one statement stands alone', given: bucket(JSON.stringify({ Statement: reader })) },
    {
      name: 'a public bucket that nothing blocks',
      given: bucket(document({ ...reader, Principal: '*' }), { isPublic: true, blocked: false }),
    },
  ])('closes $name, and back', async ({ given }) => {
    const result = await plan(given);
    expect(result).toMatchObject({ rehearsal: { summary: { closes: true, undo: { status: 'restores' } } } });
  });

  it('keeps what was there, and gives the new statement a name of its own', async () => {
    const { plan: made } = (await plan(bucket(document(reader)))) as { plan: Plan };
    const { Policy } = made.steps[0]!.call.input as { Policy: string };
    const { Id, Statement } = JSON.parse(Policy) as { Id: string; Statement: { Sid: string }[] };
    expect(Id).toBe('mine');
    expect(Statement[0]).toEqual(reader);
    expect(Statement.map(({ Sid }) => Sid)).toEqual(['RefusePlainHttp', 'RefusePlainHttp2']);
  });

  it.each([
    { name: 'a policy that was not read', given: bucket(undefined), why: 'was not read' },
    { name: 'a policy that is no document', given: bucket('[]'), why: 'not a policy document' },
    {
      name: 'a public policy that S3 would not take back',
      given: bucket(document(reader), { isPublic: true }),
      why: 'public',
    },
    {
      name: 'a policy that is nearly as long as it may be',
      given: bucket(document({ ...reader, Sid: 'a'.repeat(20_200) })),
      why: 'longer',
    },
  ])('refuses $name', async ({ given, why }) => {
    expect(await plan(given)).toEqual({ refused: expect.stringContaining(why) as string });
  });
});
