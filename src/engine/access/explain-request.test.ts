import { expect, it } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Resource } from '../../estate/estate.js';
import { principalOf, type Principal } from '../../policy/evaluate/principal.js';
import { explainRequest } from './explain-request.js';

const ACCOUNT = '111122223333';
const arn = `arn:aws:iam::${ACCOUNT}:role/reader`;
const { header } = demoOrganization({ accounts: 3, now: new Date('2026-06-01T00:00:00.000Z') });
const document = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Other', Effect: 'Allow', Action: 'sqs:*', Resource: '*' },
    { Sid: 'Own', Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::data/${aws:PrincipalTag/team}/*' },
  ],
};
const closed = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Closed', Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }],
};
const make = (type: string, one: string, configuration: object): Resource =>
  ({ type, arn: one, accountId: ACCOUNT, region: 'eu-west-1', configuration }) as never;
const estate = new MemoryEstate({ ...header, accounts: [{ ...header.accounts[0]!, accountId: ACCOUNT }] }, [
  make('AWS::IAM::Role', arn, {
    RoleName: 'reader',
    Tags: [{ Key: 'team', Value: 'ops' }],
    RolePolicyList: [{ PolicyName: 'own', PolicyDocument: encodeURIComponent(JSON.stringify(document, undefined, 2)) }],
  }),
  make('AWS::S3::Bucket', 'arn:aws:s3:::data', { Name: 'data', Policy: null }),
  make('AWS::EC2::VPCEndpoint', `arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc-endpoint/vpce-1`, {
    VpcEndpointId: 'vpce-1',
    PolicyDocument: JSON.stringify(closed),
  }),
]);
const principal = principalOf(arn) as Principal;
const ask = (resource: string, context: Record<string, string> = {}, who = principal) =>
  explainRequest(estate, { principal: who, action: 's3:GetObject', resource, context });

it('tells the deciding statement, its line, and on which element the others do not apply', () => {
  const { decision, trace, unread } = ask('arn:aws:s3:::data/ops/x');
  expect(decision.outcome).toBe('allow');
  expect(unread).toEqual([]);
  expect(trace).toMatchObject([
    { statement: 'role/reader/own#Other', applies: false, failedOn: 'Action', line: 4 },
    { statement: 'role/reader/own#Own', applies: true, line: 10 },
  ]);
});

it('tells what is missing', () => {
  expect(ask('arn:aws:s3:::data/dev/x').decision).toMatchObject({
    outcome: 'implicitDeny',
    missing: ['identity policy'],
  });
});

it('counts the policy of the endpoint that a request comes through', () => {
  const { decision, trace } = ask('arn:aws:s3:::data/ops/x', { 'aws:SourceVpce': 'vpce-1' });
  expect(decision.outcome).toBe('explicitDeny');
  expect(trace.at(-1)).toMatchObject({ statement: 'endpoint policy of vpce-1#Closed', applies: true });
});

it('says that it does not know the policies of somebody who is not in the estate', () => {
  const stranger = principalOf('arn:aws:iam::999900001111:user/somebody') as Principal;
  expect(ask('arn:aws:s3:::data/ops/x', {}, stranger).unread[0]).toContain('999900001111:user/somebody');
});
