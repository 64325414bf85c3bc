import { describe, expect, it } from 'vitest';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const ARN = `arn:aws:sns:eu-west-1:${ACCOUNT}:jobs`;
const topic = (...Statement: readonly object[]) =>
  resource('AWS::SNS::Topic', ARN, {
    TopicArn: ARN,
    Attributes: { TopicArn: ARN, Owner: ACCOUNT, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
    Tags: [],
  });
const everyone = { Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: ARN };
const partner = { ...everyone, Sid: 'Partner', Principal: { AWS: 'arn:aws:iam::444455556666:root' } };

/** The estate of one topic, in an organization where one is named. */
function estate(given: ReturnType<typeof topic>, organizationId?: string): MemoryEstate {
  const alone = estateOf(given);
  return organizationId === undefined ? alone : new MemoryEstate({ ...alone.header, organizationId }, [given]);
}
async function made(given: ReturnType<typeof topic>, keep?: string, organizationId?: string) {
  const parameters = keep === undefined ? {} : { keep };
  return rehearsed(playbook, subjectOf('SNS.4', given), parameters, estate(given, organizationId));
}
type Made = Extract<Awaited<ReturnType<typeof made>>, { plan: Plan }>;

describe('narrowing the policy of a topic', () => {
  it.each([
    { name: 'the account', given: topic(everyone), says: 'aws:PrincipalAccount is 111122223333' },
    { name: 'the organization', given: topic(everyone), organizationId: 'o-1', says: 'aws:PrincipalOrgID is o-1' },
    {
      name: 'the account, by choice',
      given: topic(everyone),
      keep: 'account',
      organizationId: 'o-1',
      says: 'PrincipalAccount',
    },
    { name: 'nobody', given: topic(everyone, partner), keep: 'nobody', says: 'Everyone removed' },
    { name: 'nobody, and no statement is left', given: topic(everyone), keep: 'nobody', says: 'Everyone removed' },
    {
      name: 'the account, beside a condition that keeps nobody out',
      given: topic({ ...everyone, Condition: { StringEquals: { 'aws:Referer': 'x' } } }),
      says: 'aws:PrincipalAccount',
    },
    {
      name: 'nobody, where the condition on the key is no help',
      given: topic({
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
    const { rehearsal } = (await made(topic(partner, everyone))) as Made;
    const after = rehearsal.after.get('AWS::SNS::Topic', ARN)?.configuration.Attributes['Policy'] ?? '';
    expect((JSON.parse(after) as { Statement: object[] }).Statement[0]).toEqual(partner);
  });

  it.each([
    { name: 'a policy that lets no stranger in', given: topic(partner), why: 'no stranger' },
    { name: 'a keeper that is none', given: topic(everyone), keep: 'friends', why: 'nobody to keep' },
    {
      name: 'to keep an organization that is not there',
      given: topic(everyone),
      keep: 'organization',
      why: 'no organization',
    },
    {
      name: 'a topic without a policy',
      given: resource('AWS::SNS::Topic', ARN, { TopicArn: ARN, Attributes: { TopicArn: ARN, Owner: ACCOUNT } }),
      why: 'no policy',
    },
    {
      name: 'a policy that was not read',
      given: resource('AWS::SNS::Topic', ARN, { TopicArn: ARN, Attributes: { TopicArn: ARN } }),
      why: 'not read',
    },
    {
      name: 'a policy that cannot be read',
      given: resource('AWS::SNS::Topic', ARN, {
        TopicArn: ARN,
        Attributes: { TopicArn: ARN, Owner: ACCOUNT, Policy: '{' },
      }),
      why: 'cannot be read',
    },
  ])('refuses $name', async ({ given, keep, why }) => {
    expect(await made(given, keep)).toEqual({ refused: expect.stringContaining(why) as string });
  });
});
