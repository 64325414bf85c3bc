import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:resize`;
const lambda = (Policy: string | null | undefined) =>
  resource('AWS::Lambda::Function', ARN, {
    FunctionName: 'resize',
    FunctionArn: ARN,
    Tags: {},
    ...(Policy === undefined ? {} : { Policy }),
  });
const policy = (...Statement: readonly object[]) =>
  lambda(JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement }));
const everyone = { Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action: 'lambda:InvokeFunction', Resource: ARN };
const partner = { ...everyone, Sid: 'Partner', Principal: { AWS: 'arn:aws:iam::444455556666:root' } };
const url = {
  ...everyone,
  Sid: 'Url',
  Action: 'lambda:InvokeFunctionUrl',
  Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
};
const viaUrl = { ...everyone, Sid: 'ViaUrl', Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } };
const s3 = {
  ...everyone,
  Sid: 'Photos',
  Principal: { Service: 's3.amazonaws.com' },
  Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::photos' } },
};
const skill = { ...everyone, Sid: 'Skill', Condition: { StringEquals: { 'lambda:EventSourceToken': 'token' } } };
const made = async (given: ReturnType<typeof lambda>) =>
  rehearsed(playbook, subjectOf('Lambda.1', given), {}, estateOf(given));
type Made = Extract<Awaited<ReturnType<typeof made>>, { plan: Plan }>;

describe('removing public permissions', () => {
  it.each([
    { name: 'the only one', given: policy(everyone), removed: ['Everyone'] },
    { name: 'one of several', given: policy(everyone, partner), removed: ['Everyone'] },
    { name: 'both of a public function URL', given: policy(url, partner, viaUrl), removed: ['Url', 'ViaUrl'] },
    { name: 'that of S3 on anybody’s behalf', given: policy(partner, s3), removed: ['Photos'] },
    { name: 'one with a token', given: policy(skill), removed: ['Skill'] },
  ])('takes $name, and gives it back', async ({ given, removed }) => {
    const { plan, rehearsal } = (await made(given)) as Made;
    expect(plan.steps.map(({ call }) => call.input['StatementId'])).toEqual(removed);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it.each([
    { name: 'a condition', more: { Condition: { StringEquals: { 'aws:Referer': 'x' } } } },
    { name: 'several actions', more: { Action: ['lambda:InvokeFunction', 'lambda:GetFunction'] } },
    { name: 'a version', more: { Resource: `${ARN}:1` } },
    { name: 'two kinds of principals', more: { Principal: { AWS: '*', Service: 's3.amazonaws.com' } } },
  ])('says so when AddPermission cannot write $name again', async ({ more }) => {
    const { rehearsal } = (await made(policy({ ...everyone, ...more }))) as Made;
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'impossible' } });
  });

  it.each([
    { name: 'a policy that was not read', given: lambda(undefined), why: 'not read' },
    { name: 'a function without one', given: lambda(null), why: 'no policy' },
    { name: 'a policy that cannot be read', given: lambda('{"Statement":[{}]}'), why: 'no policy that can be read' },
    { name: 'a policy that lets no stranger in', given: policy(partner), why: 'no stranger' },
    { name: 'a statement without an id', given: policy({ ...everyone, Sid: undefined }), why: 'no id' },
  ])('refuses $name', async ({ given, why }) => {
    expect(await made(given)).toEqual({ refused: expect.stringContaining(why) as string });
  });
});
