import { type Case, OTHER_ACCOUNT, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const group = (IpPermissions: unknown, OwnerId = '111122223333') => ({
  resources: [
    resource('AWS::EC2::SecurityGroup', 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1', {
      OwnerId,
      IpPermissions,
    }),
  ],
});
const ipv4 = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const ipv6 = { Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
const rule = (port: number, sources: object, IpProtocol = 'tcp') => [
  { IpProtocol, FromPort: port, ToPort: port, ...sources },
];
const at4 = 'IpPermissions[0].IpRanges[0].CidrIp';
const at6 = 'IpPermissions[0].Ipv6Ranges[0].CidrIpv6';

const cases: readonly Case[] = [
  { name: 'port 22 from 0.0.0.0/0', given: group(rule(22, ipv4)), expect: 'FAILED', path: at4 },
  { name: 'port 22 from ::/0', given: group(rule(22, ipv6)), expect: 'FAILED', path: at6 },
  { name: 'all protocols from ::/0', given: group([{ IpProtocol: '-1', ...ipv6 }]), expect: 'FAILED', path: at6 },
  { name: 'port 3389 from the world', given: group(rule(3389, ipv4)), expect: 'PASSED' },
  { name: 'UDP port 22 from the world', given: group(rule(22, ipv4, 'udp')), expect: 'PASSED' },
  {
    name: 'an absurd rule open to the world',
    given: group([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 1, ...ipv4 }]),
    expect: 'NOT_AVAILABLE',
    path: 'IpPermissions[0].FromPort',
  },
  {
    name: 'an absurd rule beside an open one',
    given: group([...rule(22, ipv4), { IpProtocol: 'tcp', FromPort: null, ToPort: null, ...ipv4 }]),
    expect: 'FAILED',
    path: at4,
  },
  {
    name: 'all protocols from a private range',
    given: group([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]),
    expect: 'PASSED',
  },
  { name: 'no rules', given: group([]), expect: 'PASSED', path: 'IpPermissions' },
  { name: 'rules not read', given: group(undefined), expect: 'NOT_AVAILABLE', path: 'IpPermissions' },
  {
    name: 'a shared VPC’s group',
    given: group([{ IpProtocol: '-1', ...ipv4, ...ipv6 }], OTHER_ACCOUNT),
    expect: undefined,
  },
];

specify(control, cases);
