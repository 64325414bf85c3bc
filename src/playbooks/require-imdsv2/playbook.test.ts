import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`;
const instance = (MetadataOptions?: object) =>
  resource('AWS::EC2::Instance', arn, {
    InstanceId: 'i-1',
    State: { Code: 16, Name: 'running' },
    ...(MetadataOptions === undefined ? {} : { MetadataOptions }),
  });
const optional = instance({
  HttpTokens: 'optional',
  HttpPutResponseHopLimit: 3,
  HttpEndpoint: 'enabled',
  State: 'applied',
});

describe('requiring tokens', () => {
  it('changes HttpTokens and nothing else', async () => {
    const result = await rehearsed(playbook, subjectOf('EC2.8', optional), {}, estateOf(optional));
    const { rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(rehearsal.summary.changes).toMatchObject([{ arn, paths: ['MetadataOptions.HttpTokens'] }]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('always tells the approver that software may still use v1', async () => {
    const result = await rehearsed(playbook, subjectOf('EC2.8', optional), {}, estateOf(optional));
    expect(result).toMatchObject({ plan: { risk: 'H', warnings: [{ code: 'imdsv1Users' }] } });
  });

  it.each([
    { name: 'what requires them already', subject: instance({ HttpTokens: 'required' }) },
    { name: 'what was not read', subject: instance() },
  ])('refuses $name', async ({ subject }) => {
    expect(await rehearsed(playbook, subjectOf('EC2.8', subject), {}, estateOf(subject))).toHaveProperty('refused');
  });
});
