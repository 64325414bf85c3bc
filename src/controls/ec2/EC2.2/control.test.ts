import { type Case, type Loose, OTHER_ACCOUNT, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const arn = 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1';
const group = (configuration: Loose) => ({
  resources: [
    resource('AWS::EC2::SecurityGroup', arn, {
      GroupName: 'default',
      OwnerId: '111122223333',
      IpPermissions: [],
      IpPermissionsEgress: [],
      ...configuration,
    }),
  ],
});
const fromItself = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-1' }], IpRanges: [], Ipv6Ranges: [] };
const toTheWorld = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

const cases: readonly Case[] = [
  { name: 'no rules', given: group({}), expect: 'PASSED', path: 'IpPermissions' },
  {
    name: 'an inbound rule from itself',
    given: group({ IpPermissions: [fromItself] }),
    expect: 'FAILED',
    path: 'IpPermissions',
  },
  {
    name: 'an outbound rule',
    given: group({ IpPermissionsEgress: [toTheWorld] }),
    expect: 'FAILED',
    path: 'IpPermissionsEgress',
  },
  {
    name: 'inbound rules that were not read',
    given: group({ IpPermissions: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'IpPermissions',
  },
  {
    name: 'an outbound rule where inbound rules were not read',
    given: group({ IpPermissions: undefined, IpPermissionsEgress: [toTheWorld] }),
    expect: 'FAILED',
    path: 'IpPermissionsEgress',
  },
  {
    name: 'rules that are no list',
    given: group({ IpPermissions: 'none' }),
    expect: 'NOT_AVAILABLE',
    path: 'IpPermissions',
  },
  {
    name: 'a rule that is no object',
    given: group({ IpPermissions: [null] }),
    expect: 'FAILED',
    path: 'IpPermissions',
  },
  {
    name: 'another group with rules',
    given: group({ GroupName: 'web', IpPermissions: [toTheWorld] }),
    expect: undefined,
  },
  {
    name: 'a group without a name',
    given: group({ GroupName: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'GroupName',
  },
  {
    name: 'a shared VPC’s group',
    given: group({ OwnerId: OTHER_ACCOUNT, IpPermissions: [fromItself] }),
    expect: undefined,
  },
];

specify(control, cases);
