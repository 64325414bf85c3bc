import { describe, expect, it } from 'vitest';
import { demoOrganization } from '../estate/demo/demo-organization.js';
import { diff } from '../estate/diff.js';
import type { Resource } from '../estate/estate.js';
import { Fork } from '../estate/fork.js';
import { accessChange, type AccessChange } from './access-change.js';

const estate = demoOrganization({ accounts: 5, seed: 1, now: new Date('2026-06-01T00:00:00.000Z') });

function named(type: 'AWS::SQS::Queue', name: string): Resource<'AWS::SQS::Queue'> {
  const found = [...estate.list(type)].find(({ arn }) => arn.endsWith(`:${name}`));
  if (found === undefined) throw new Error(`the demo has no ${name}`);
  return found;
}

function changeOf(...resources: Resource[]): AccessChange {
  const after = new Fork(estate);
  for (const resource of resources) after.put(resource);
  return accessChange(estate, after, diff(estate, after));
}

function withPolicy(queue: Resource<'AWS::SQS::Queue'>, policy: object | undefined): Resource<'AWS::SQS::Queue'> {
  const { Policy: _, ...Attributes } = queue.configuration.Attributes;
  const given = policy === undefined ? {} : { Policy: JSON.stringify(policy) };
  return { ...queue, configuration: { ...queue.configuration, Attributes: { ...Attributes, ...given } } };
}

const queue = named('AWS::SQS::Queue', 'shared-with-partner');

describe('the access that a run changes', () => {
  it('is proven to be none where policies mean the same', () => {
    const written = JSON.parse(queue.configuration.Attributes['Policy'] ?? '{}') as { Statement: object[] };
    const twice = { ...written, Statement: [...written.Statement, ...written.Statement] };
    expect(changeOf(withPolicy(queue, twice))).toEqual({ status: 'unchanged', gained: [], lost: [], open: [] });
  });

  it('names the outsider who loses it', () => {
    const { status, lost, gained } = changeOf(withPolicy(queue, undefined));
    expect(status).toBe('changed');
    expect(gained).toEqual([]);
    expect(lost).toMatchObject([{ resource: queue.arn, principal: '888800001111' }]);
  });

  it('names everyone outside who gains it', () => {
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: queue.arn }];
    const { gained } = changeOf(withPolicy(queue, { Version: '2012-10-17', Statement }));
    expect(gained).toContainEqual({ principal: 'everyone outside', action: 'sqs:SendMessage', resource: queue.arn });
  });

  it('names the role whose own policies changed, with a request', () => {
    const [role] = [...estate.list('AWS::IAM::Role')].filter(
      ({ configuration }) => configuration.RoleName === 'ec2-instance',
    );
    if (role === undefined) throw new Error('the demo has no such role');
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] };
    const RolePolicyList = [{ PolicyName: 'more', PolicyDocument: encodeURIComponent(JSON.stringify(document)) }];
    const { gained } = changeOf({ ...role, configuration: { ...role.configuration, RolePolicyList } } as Resource);
    expect(gained.length).toBeGreaterThan(0);
    expect(gained.every(({ action }) => action.startsWith('iam:'))).toBe(true);
  });
});
