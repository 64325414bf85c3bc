import { describe, expect, it } from 'vitest';
import { documentOf, managedPolicy } from '../iam-identities.fixture.js';
import type { Plan } from '../playbook.js';
import { estateOf, rehearsed, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const QUEUE = 'arn:aws:sqs:*:111122223333:jobs';
const sqs = { Sid: 'Queue', Action: ['sqs:*', 's3:GetObject'], Resource: QUEUE };
const UNUSED = { AttachmentCount: 0 };

async function run(document: string, actions?: string, more = {}) {
  const policy = managedPolicy(document, more);
  const parameters: Record<string, string> = actions === undefined ? {} : { actions };
  return rehearsed(playbook, subjectOf('IAM.21', policy), parameters, estateOf(policy));
}
const allowed = (...statements: readonly object[]) =>
  statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement }));

describe('a policy that allows a service as a whole', () => {
  it.each([
    {
      name: 'allows what is named',
      document: documentOf(sqs, { Action: 'ec2:Describe*' }),
      actions: 'sqs:ReceiveMessage, sqs:Get*',
      statements: allowed(
        { Sid: 'Queue', Resource: QUEUE, Action: ['sqs:ReceiveMessage', 'sqs:Get*', 's3:GetObject'] },
        { Action: 'ec2:Describe*' },
      ),
    },
    {
      name: 'loses a service of which nothing is needed',
      document: documentOf({ Action: 'sqs:*' }, { Action: 'ec2:*' }),
      actions: 'ec2:StartInstances',
      statements: allowed({ Action: ['ec2:StartInstances'] }),
    },
    {
      name: 'allows what is named of everything',
      document: documentOf({ Action: '*' }),
      actions: 's3:GetObject,ec2:StartInstances',
      statements: allowed({ Action: ['s3:GetObject', 'ec2:StartInstances'] }),
    },
    {
      name: 'allows what is named of all but something',
      document: documentOf({ NotAction: 'iam:*' }),
      actions: 's3:GetObject',
      statements: allowed({ Action: ['s3:GetObject'] }),
    },
    {
      name: 'keeps reading, when nobody has it',
      document: documentOf(sqs),
      more: UNUSED,
      statements: allowed({
        Sid: 'Queue',
        Resource: QUEUE,
        Action: ['sqs:Get*', 'sqs:List*', 'sqs:Describe*', 's3:GetObject'],
      }),
    },
  ])('$name', async ({ document, actions, more, statements }) => {
    const result = await run(document, actions, more);
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    const text = plan.steps[0]?.call.input['PolicyDocument'] as string;
    expect(JSON.parse(text)).toMatchObject({ Statement: statements });
    expect(rehearsal.summary).toMatchObject({ closes: true, opens: [], undo: { status: 'restores' } });
  });

  it.each([
    { name: 'it is in use and nothing is named', document: documentOf(sqs), says: 'in use' },
    {
      name: 'everything is allowed and nothing is named',
      document: documentOf({ Action: '*' }),
      more: UNUSED,
      says: 'not known',
    },
    { name: 'an action is none', document: documentOf(sqs), actions: 'ReceiveMessage', says: '`ReceiveMessage`' },
    {
      name: 'an action is of another service',
      document: documentOf(sqs),
      actions: 'sqs:Get*,sns:Publish',
      says: '`sns:Publish`',
    },
    {
      name: 'an action is excepted',
      document: documentOf({ NotAction: 'iam:*' }),
      actions: 'iam:GetUser',
      says: '`iam:GetUser`',
    },
    { name: 'the service is named as a whole again', document: documentOf(sqs), actions: 'sqs:*', says: 'still' },
    {
      name: 'a pattern reaches into what is excepted',
      document: documentOf({ NotAction: 's3:DeleteBucket' }),
      actions: 's3:Delete*',
      says: 'does not allow now',
    },
    { name: 'it allows no service as a whole', document: documentOf({ Action: 'sqs:Get*' }), says: 'any more' },
  ])('is refused when $name', async ({ document, actions, more, says }) => {
    expect(await run(document, actions, more)).toMatchObject({ refused: expect.stringContaining(says) as string });
  });
});
