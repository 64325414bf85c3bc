import { type Case, gapOf, type Loose, OTHER_ACCOUNT, resource, specify, type Where } from '../../testing.fixture.js';
import { control } from './control.js';

const vpc = resource('AWS::EC2::VPC', 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1', {
  VpcId: 'vpc-1',
  OwnerId: '111122223333',
});
const flowLog = (configuration: Loose, where: Where = {}) =>
  resource(
    'AWS::EC2::FlowLog',
    'arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/fl-1',
    { FlowLogId: 'fl-1', ResourceId: 'vpc-1', FlowLogStatus: 'ACTIVE', TrafficType: 'ALL', ...configuration },
    where,
  );
const gaps = [gapOf(['AWS::EC2::FlowLog'])];

const cases: readonly Case[] = [
  { name: 'a flow log of all traffic', given: { resources: [vpc, flowLog({})] }, expect: 'PASSED', says: 'fl-1' },
  {
    name: 'a flow log of rejected traffic',
    given: { resources: [vpc, flowLog({ TrafficType: 'REJECT' })] },
    expect: 'PASSED',
  },
  {
    name: 'a flow log of accepted traffic only',
    given: { resources: [vpc, flowLog({ TrafficType: 'ACCEPT' })] },
    expect: 'FAILED',
    path: 'VpcId',
    says: 'fl-1 does not record rejected traffic',
  },
  {
    name: 'a flow log that is not active',
    given: { resources: [vpc, flowLog({ FlowLogStatus: undefined })] },
    expect: 'FAILED',
    says: 'fl-1 is not active',
  },
  { name: 'no flow log', given: { resources: [vpc] }, expect: 'FAILED', path: 'VpcId' },
  {
    name: 'a flow log of another VPC',
    given: { resources: [vpc, flowLog({ ResourceId: 'vpc-2' })] },
    expect: 'FAILED',
  },
  {
    name: 'a flow log of a subnet',
    given: { resources: [vpc, flowLog({ ResourceId: 'subnet-1' })] },
    expect: 'FAILED',
  },
  {
    name: 'a flow log of the same id in another region',
    given: { resources: [vpc, flowLog({}, { region: 'us-east-1' })] },
    expect: 'FAILED',
  },
  {
    name: 'none seen, flow logs not readable here',
    given: { resources: [vpc], gaps },
    expect: 'NOT_AVAILABLE',
    says: 'AccessDenied',
  },
  {
    name: 'none seen, flow logs not readable in another region',
    given: { resources: [vpc], gaps: [gapOf(['AWS::EC2::FlowLog'], 'us-east-1')] },
    expect: 'FAILED',
  },
  { name: 'one seen, others not readable', given: { resources: [vpc, flowLog({})], gaps }, expect: 'PASSED' },
  {
    name: 'flow logs not collected',
    given: { resources: [vpc], types: ['AWS::EC2::VPC'] },
    expect: 'NOT_AVAILABLE',
    says: 'AWS::EC2::FlowLog was not collected',
  },
  {
    name: 'a VPC shared by another account',
    given: { resources: [resource('AWS::EC2::VPC', vpc.arn, { VpcId: 'vpc-1', OwnerId: OTHER_ACCOUNT })] },
    expect: undefined,
  },
  {
    name: 'a VPC without an id',
    given: { resources: [resource('AWS::EC2::VPC', vpc.arn, {})] },
    expect: 'NOT_AVAILABLE',
    path: 'VpcId',
  },
  {
    name: 'a malformed flow log beside a good one',
    given: {
      resources: [
        vpc,
        flowLog({}),
        resource('AWS::EC2::FlowLog', 'arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/fl-2', null),
      ],
    },
    expect: 'PASSED',
  },
];

specify(control, cases);
