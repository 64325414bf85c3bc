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

  const roleNamed = (name: string): Resource<'AWS::IAM::Role'> => {
    const found = [...estate.list('AWS::IAM::Role')].find(
      ({ configuration, accountId }) =>
        configuration.RoleName === name && accountId !== estate.header.managementAccountId,
    );
    if (found === undefined) throw new Error(`the demo has no role ${name}`);
    return found;
  };
  const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const withInline = (role: Resource<'AWS::IAM::Role'>, ...statements: object[]): Resource => {
    const RolePolicyList = [{ PolicyName: 'own', PolicyDocument: encodeURIComponent(document(...statements)) }];
    return { ...role, configuration: { ...role.configuration, RolePolicyList } } as Resource;
  };

  it('tells an insider who loses an action that is none of the notable ones', () => {
    const role = roleNamed('ec2-instance');
    const local = [...estate.list('AWS::SQS::Queue', { accountId: role.accountId })][0]!;
    const statement = { Effect: 'Deny', Principal: '*', Action: 'sqs:ListQueueTags', Resource: local.arn };
    const before = new Fork(estate);
    before.put(withInline(role, { Effect: 'Allow', Action: 'sqs:ListQueueTags', Resource: '*' }));
    before.put(withPolicy(local, { Version: '2012-10-17', Statement: [{ ...statement, Action: 'sqs:Nothing' }] }));
    const after = new Fork(before);
    after.put(withPolicy(local, { Version: '2012-10-17', Statement: [statement] }));
    const { status, lost, gained } = accessChange(before, after, diff(before, after));
    expect(status).toBe('changed');
    expect(gained.filter(({ action }) => action !== 'sqs:nothing')).toEqual([]);
    expect(lost.find(({ principal }) => principal.includes('ec2-instance'))).toMatchObject({
      action: 'sqs:listqueuetags',
      resource: local.arn,
    });
  });

  it('tells what a permissions boundary takes away, and that one which takes nothing changes nothing', () => {
    const role = roleNamed('ec2-instance');
    const own = withInline(role, { Effect: 'Allow', Action: ['s3:GetObject', 'iam:PassRole'], Resource: '*' });
    const bounded = (arn: string) => {
      const boundary = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn };
      return { ...own, configuration: { ...own.configuration, PermissionsBoundary: boundary } } as Resource;
    };
    const policy = (name: string, statement: object): Resource => {
      const arn = `arn:aws:iam::${role.accountId}:policy/${name}`;
      const PolicyVersionList = [
        { VersionId: 'v1', IsDefaultVersion: true, Document: encodeURIComponent(document(statement)) },
      ];
      const configuration = { PolicyName: name, Arn: arn, DefaultVersionId: 'v1', PolicyVersionList };
      return {
        type: 'AWS::IAM::ManagedPolicy',
        arn,
        accountId: role.accountId,
        region: 'global',
        configuration,
      } as never;
    };
    const narrow = policy('narrow', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
    const wide = policy('wide', { Effect: 'Allow', Action: '*', Resource: '*' });
    const before = new Fork(estate);
    for (const resource of [own, narrow, wide]) before.put(resource);
    const change = (resource: Resource) => {
      const after = new Fork(before);
      after.put(resource);
      return accessChange(before, after, diff(before, after));
    };
    const { status, lost } = change(bounded(narrow.arn));
    expect(status).toBe('changed');
    expect(new Set(lost.map(({ action }) => action))).toEqual(new Set(['iam:PassRole']));
    expect(change(bounded(wide.arn)).status).toBe('unchanged');
  });

  it('tells what a service control policy takes away, from whom', () => {
    const role = roleNamed('ec2-instance');
    const own = withInline(role, { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' });
    const arn = 'arn:aws:organizations::111122223333:policy/o-edoya00001/service_control_policy/p-new';
    const control = (action: string): Resource =>
      ({
        type: 'AWS::Organizations::Policy',
        arn,
        accountId: estate.header.managementAccountId,
        region: 'global',
        configuration: {
          PolicySummary: { Id: 'p-new', Arn: arn, Name: 'new', Type: 'SERVICE_CONTROL_POLICY', AwsManaged: false },
          Content: document({ Effect: 'Deny', Action: action, Resource: '*' }),
          TargetIds: [role.accountId],
        },
      }) as never;
    const before = new Fork(estate);
    before.put(own);
    const change = (resource: Resource) => {
      const after = new Fork(before);
      after.put(resource);
      return accessChange(before, after, diff(before, after));
    };
    const { lost, gained, open } = change(control('sqs:SendMessage'));
    expect({ gained, open }).toEqual({ gained: [], open: [] });
    expect(
      lost.some(({ principal, action }) => principal.includes('ec2-instance') && action === 'sqs:SendMessage'),
    ).toBe(true);
    const elsewhere = lost.filter(({ principal }) => !principal.includes(role.accountId));
    expect(elsewhere).toEqual([]);
    expect(
      change(control('groundstation:*')).lost.filter(({ principal }) => principal.includes('ec2-instance')),
    ).toEqual([]);
  });

  it('a role that is new gains, and one that is gone loses', () => {
    const role = roleNamed('ec2-instance');
    const arn = `arn:aws:iam::${role.accountId}:role/new`;
    const made = withInline(
      {
        ...role,
        arn,
        configuration: { ...role.configuration, RoleName: 'new', Arn: arn, AttachedManagedPolicies: [] },
      },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
    );
    const after = new Fork(estate);
    after.put(made);
    const forth = accessChange(estate, after, diff(estate, after));
    const back = accessChange(after, estate, diff(after, estate));
    const of = ({ gained, lost }: AccessChange) => ({
      gained: new Set(gained.filter(({ principal }) => principal.includes('role/new')).map(({ action }) => action)),
      lost: new Set(lost.filter(({ principal }) => principal.includes('role/new')).map(({ action }) => action)),
    });
    expect(of(forth)).toEqual({ gained: new Set(['s3:GetObject']), lost: new Set() });
    expect(of(back)).toEqual({ gained: new Set(), lost: new Set(['s3:GetObject']) });
  });

  describe('is never called unchanged where', () => {
    const changed = (was: Resource, is: Resource): AccessChange => {
      const before = new Fork(estate);
      before.put(was);
      const after = new Fork(before);
      after.put(is);
      return accessChange(before, after, diff(before, after));
    };
    const queueWith = (statement: object) =>
      withPolicy(queue, { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });

    it('a stranger gets more of the same resource', () => {
      const [found] = [...estate.list('AWS::S3::Bucket')];
      const bucket = found!;
      const lets = (resource: string): Resource => ({
        ...bucket,
        configuration: {
          ...bucket.configuration,
          Policy: document({
            Effect: 'Allow',
            Principal: { AWS: '999900001111' },
            Action: 's3:GetObject',
            Resource: resource,
          }),
        },
      });
      const [narrow, wide] = [lets(`${bucket.arn}/public/*`), lets(`${bucket.arn}/*`)];
      const gain = { principal: '999900001111', action: 's3:GetObject', resource: bucket.arn };
      expect(changed(narrow, wide)).toMatchObject({ status: 'changed', gained: [gain], lost: [] });
      expect(changed(wide, narrow)).toMatchObject({ status: 'changed', gained: [], lost: [gain] });
    });

    it('a condition that is no finding of its own falls away', () => {
      const statement = { Principal: { AWS: '999900001111' }, Action: 'sqs:SendMessage', Resource: queue.arn };
      const narrow = queueWith({ ...statement, Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
      expect(changed(narrow, queueWith(statement)).gained).toMatchObject([{ principal: '999900001111' }]);
    });

    it('a service gains', () => {
      const statement = { Action: 'sqs:SendMessage', Resource: queue.arn };
      const one = queueWith({ ...statement, Principal: { Service: 'sns.amazonaws.com' } });
      const two = queueWith({ ...statement, Principal: { Service: ['sns.amazonaws.com', 's3.amazonaws.com'] } });
      expect(changed(one, two).gained).toEqual([
        { principal: 's3.amazonaws.com', action: 'sqs:SendMessage', resource: queue.arn },
      ]);
    });

    it('a denial takes from a role what only a resource gave it', () => {
      const { configuration, ...rest } = roleNamed('ec2-instance');
      const role = { ...rest, configuration: { ...configuration, AttachedManagedPolicies: [] } };
      const local = [...estate.list('AWS::SQS::Queue', { accountId: role.accountId })][0]!;
      const grant = { Effect: 'Allow', Principal: { AWS: role.arn }, Action: 'sqs:SendMessage', Resource: local.arn };
      const before = new Fork(estate);
      before.put(withPolicy(local, { Version: '2012-10-17', Statement: [grant] }));
      before.put(withInline(role, { Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*' }));
      const after = new Fork(before);
      const deny = { Effect: 'Deny', Action: 'sqs:*', Resource: '*' };
      after.put(withInline(role, { Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*' }, deny));
      const { status, lost, gained } = accessChange(before, after, diff(before, after));
      expect({ status, gained }).toEqual({ status: 'changed', gained: [] });
      expect(lost).toMatchObject([{ action: 'sqs:SendMessage', resource: local.arn }]);
    });

    it('a tag of a role opens what its policy keeps for that tag', () => {
      const { configuration, ...rest } = roleNamed('ec2-instance');
      const Condition = { StringEquals: { 'aws:PrincipalTag/team': 'ops' } };
      const role = withInline(
        { ...rest, configuration: { ...configuration, AttachedManagedPolicies: [], Tags: [] } },
        { Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition },
      ) as Resource<'AWS::IAM::Role'>;
      const Tags = [{ Key: 'team', Value: 'ops' }];
      const tagged = { ...role, configuration: { ...role.configuration, Tags } };
      const { status, open } = changed(role, tagged);
      expect(status).toBe('open');
      expect(open[0]).toContain('aws:principaltag/team');
      const other = { ...role, configuration: { ...role.configuration, Tags: [{ Key: 'nobody-asks', Value: 'x' }] } };
      expect(changed(role, other).status).toBe('unchanged');
    });

    it('the policy of a stream changes beside that of its table', () => {
      const [found] = [...estate.list('AWS::DynamoDB::Table')];
      const table = found!;
      const LatestStreamArn = `${table.arn}/stream/2026-01-01T00:00:00.000`;
      const lets = (...principals: string[]): Resource => ({
        ...table,
        configuration: {
          ...table.configuration,
          LatestStreamArn,
          StreamResourcePolicy: document({
            Effect: 'Allow',
            Principal: { AWS: principals },
            Action: 'dynamodb:GetRecords',
            Resource: LatestStreamArn,
          }),
        },
      });
      const { gained } = changed(lets('999900001111'), lets('999900001111', '999900002222'));
      expect(gained).toMatchObject([{ principal: '999900002222', resource: LatestStreamArn }]);
    });

    it('an endpoint policy changes, which is not compared', () => {
      const [found] = [...estate.list('AWS::EC2::VPCEndpoint')];
      const endpoint = found!;
      const PolicyDocument = document({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' });
      const { status, open } = changeOf({
        ...endpoint,
        configuration: { ...endpoint.configuration, PolicyDocument },
      });
      expect(status).toBe('open');
      expect(open[0]).toContain(endpoint.arn);
    });

    it('a resource gets a tag that some policy asks for', () => {
      const role = roleNamed('ec2-instance');
      const Condition = { StringEquals: { 'aws:ResourceTag/open': 'yes' } };
      const before = new Fork(estate);
      before.put(withInline(role, { Effect: 'Allow', Action: 'sqs:*', Resource: '*', Condition }));
      const after = new Fork(before);
      after.put({ ...queue, configuration: { ...queue.configuration, Tags: { open: 'yes' } } } as Resource);
      expect(accessChange(before, after, diff(before, after))).toMatchObject({ status: 'open' });
      const untagged = new Fork(estate);
      untagged.put({ ...queue, configuration: { ...queue.configuration, Tags: { open: 'yes' } } } as Resource);
      expect(accessChange(estate, untagged, diff(estate, untagged))).toMatchObject({ status: 'unchanged' });
    });
  });
});
