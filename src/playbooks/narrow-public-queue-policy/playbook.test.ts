import { describe, expect, it } from 'vitest';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`;
const queue = (...Statement: readonly object[]) =>
  resource('AWS::SQS::Queue', ARN, {
    QueueName: 'jobs',
    Attributes: {
      QueueArn: ARN,
      VisibilityTimeout: '30',
      Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
    },
    Tags: {},
  });
const everyone = { Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: ARN };
const partner = { ...everyone, Sid: 'Partner', Principal: { AWS: 'arn:aws:iam::444455556666:root' } };

/** The estate of one queue, in an organization where one is named. */
function estate(given: ReturnType<typeof queue>, organizationId?: string): MemoryEstate {
  const alone = estateOf(given);
  return organizationId === undefined ? alone : new MemoryEstate({ ...alone.header, organizationId }, [given]);
}
async function made(given: ReturnType<typeof queue>, keep?: string, organizationId?: string) {
  const parameters = keep === undefined ? {} : { keep };
  return rehearsed(playbook, subjectOf('SQS.3', given), parameters, estate(given, organizationId));
}
type Made = Extract<Awaited<ReturnType<typeof made>>, { plan: Plan }>;

describe('narrowing the policy of a queue', () => {
  it.each([
    { name: 'the account', given: queue(everyone), says: 'aws:PrincipalAccount is 111122223333' },
    { name: 'the organization', given: queue(everyone), organizationId: 'o-1', says: 'aws:PrincipalOrgID is o-1' },
    {
      name: 'the account, by choice',
      given: queue(everyone),
      keep: 'account',
      organizationId: 'o-1',
      says: 'PrincipalAccount',
    },
    { name: 'nobody', given: queue(everyone, partner), keep: 'nobody', says: 'Everyone removed' },
    { name: 'nobody, and no statement is left', given: queue(everyone), keep: 'nobody', says: 'Everyone removed' },
    {
      name: 'the account, beside a condition that keeps nobody out',
      given: queue({ ...everyone, Condition: { StringEquals: { 'aws:Referer': 'x' } } }),
      says: 'aws:PrincipalAccount',
    },
    {
      name: 'nobody, where the condition on the key is no help',
      given: queue({
        ...everyone,
        Condition: {
          StringLike: { 'aws:PrincipalAccount': '*' },
          StringEquals: { 'aws:principalaccount': '${aws:PrincipalAccount}' },
        },
      }),
      says: 'Everyone removed',
    },
  ])('keeps $name', async ({ given, keep, organizationId, says }) => {
    const { plan, rehearsal } = (await made(given, keep, organizationId)) as Made;
    expect(plan.steps[0]?.title).toContain(says);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('keeps every other statement as it is', async () => {
    const { rehearsal } = (await made(queue(partner, everyone))) as Made;
    const after = rehearsal.after.get('AWS::SQS::Queue', ARN)?.configuration.Attributes['Policy'] ?? '';
    expect((JSON.parse(after) as { Statement: object[] }).Statement[0]).toEqual(partner);
  });

  it.each([
    { name: 'a policy that lets no stranger in', given: queue(partner), why: 'no stranger' },
    { name: 'a keeper that is none', given: queue(everyone), keep: 'friends', why: 'nobody to keep' },
    {
      name: 'to keep an organization that is not there',
      given: queue(everyone),
      keep: 'organization',
      why: 'no organization',
    },
    {
      name: 'a queue without a policy',
      given: resource('AWS::SQS::Queue', ARN, {
        QueueName: 'jobs',
        Attributes: { QueueArn: ARN, VisibilityTimeout: '30' },
      }),
      why: 'no policy',
    },
    {
      name: 'a policy that was not read',
      given: resource('AWS::SQS::Queue', ARN, { QueueName: 'jobs', Attributes: { QueueArn: ARN } }),
      why: 'not read',
    },
    {
      name: 'a policy that cannot be read',
      given: resource('AWS::SQS::Queue', ARN, {
        QueueName: 'jobs',
        Attributes: { QueueArn: ARN, VisibilityTimeout: '30', Policy: '{' },
      }),
      why: 'cannot be read',
    },
  ])('refuses $name', async ({ given, keep, why }) => {
    expect(await made(given, keep)).toEqual({ refused: expect.stringContaining(why) as string });
  });
});
