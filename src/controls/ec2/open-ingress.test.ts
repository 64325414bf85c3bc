import { describe, expect, it } from 'vitest';
import { resource } from '../testing.fixture.js';
import { type GuardedPorts, openEntries } from './open-ingress.js';

const guarded: GuardedPorts = { ports: [22, 3389], transports: ['tcp'], families: ['IPv4', 'IPv6'] };
const entriesOf = (IpPermissions: unknown, of: GuardedPorts = guarded) => {
  const { entries, unknown } = openEntries(resource('AWS::EC2::SecurityGroup', 'arn', { IpPermissions }), of);
  return { open: entries.map(({ path, ports }) => [path, ports]), unknown: unknown.map(({ path }) => path) };
};
const world = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const tcp = (FromPort: unknown, ToPort: unknown, sources: object = world) => ({
  IpProtocol: 'tcp',
  FromPort,
  ToPort,
  ...sources,
});
const first = 'IpPermissions[0].IpRanges[0].CidrIp';
const ports = 'IpPermissions[0].FromPort';

const understood: readonly { name: string; rules: unknown[]; open: unknown[] }[] = [
  { name: 'exactly one port', rules: [tcp(22, 22)], open: [[first, [22]]] },
  { name: 'a range around both ports', rules: [tcp(0, 65535)], open: [[first, [22, 3389]]] },
  { name: 'a range that starts at the port', rules: [tcp(3389, 4000)], open: [[first, [3389]]] },
  { name: 'a range that ends before the port', rules: [tcp(0, 21)], open: [] },
  { name: 'all protocols, with no ports', rules: [{ IpProtocol: '-1', ...world }], open: [[first, [22, 3389]]] },
  {
    name: 'all protocols, whose ports AWS ignores',
    rules: [{ IpProtocol: '-1', FromPort: 80, ToPort: 80, ...world }],
    open: [[first, [22, 3389]]],
  },
  { name: 'TCP by its number', rules: [{ ...tcp(22, 22), IpProtocol: '6' }], open: [[first, [22]]] },
  { name: 'UDP where only TCP is guarded', rules: [{ ...tcp(22, 22), IpProtocol: 'udp' }], open: [] },
  { name: 'ICMP', rules: [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, ...world }], open: [] },
  { name: 'a protocol without ports (GRE)', rules: [{ IpProtocol: '47', ...world }], open: [] },
  { name: 'one CIDR', rules: [tcp(22, 22, { IpRanges: [{ CidrIp: '203.0.113.0/24' }] })], open: [] },
  {
    name: 'a good CIDR before the bad one in the same rule',
    rules: [tcp(22, 22, { IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '0.0.0.0/0', Description: 'for now' }] })],
    open: [['IpPermissions[0].IpRanges[1].CidrIp', [22]]],
  },
  {
    name: 'both families in one rule',
    rules: [tcp(22, 22, { ...world, Ipv6Ranges: [{ CidrIpv6: '::/0' }] })],
    open: [
      [first, [22]],
      ['IpPermissions[0].Ipv6Ranges[0].CidrIpv6', [22]],
    ],
  },
  {
    name: '::/0 written out',
    rules: [tcp(22, 22, { Ipv6Ranges: [{ CidrIpv6: '0:0:0:0:0:0:0:0/0' }] })],
    open: [['IpPermissions[0].Ipv6Ranges[0].CidrIpv6', [22]]],
  },
  {
    name: 'a prefix list, which is not looked into',
    rules: [tcp(22, 22, { PrefixListIds: [{ PrefixListId: 'pl-1' }] })],
    open: [],
  },
  { name: 'another group', rules: [tcp(22, 22, { UserIdGroupPairs: [{ GroupId: 'sg-2' }] })], open: [] },
  {
    name: 'halves that together are the world, as AWS',
    rules: [tcp(22, 22, { IpRanges: [{ CidrIp: '0.0.0.0/1' }, { CidrIp: '128.0.0.0/1' }] })],
    open: [],
  },
  { name: 'an absurd range that is not open', rules: [tcp(9, 1, { IpRanges: [{ CidrIp: '10.0.0.0/8' }] })], open: [] },
  {
    name: 'a bad rule after a good one',
    rules: [tcp(443, 443), tcp(22, 22)],
    open: [['IpPermissions[1].IpRanges[0].CidrIp', [22]]],
  },
  { name: 'no rules', rules: [], open: [] },
];

describe('what an ingress rule opens', () => {
  it.each(understood)('$name', ({ rules, open }) => {
    expect(entriesOf(rules)).toEqual({ open, unknown: [] });
  });

  it('leaves the other family alone', () => {
    const rules = [tcp(22, 22, { Ipv6Ranges: [{ CidrIpv6: '::/0' }] })];
    expect(entriesOf(rules, { ...guarded, families: ['IPv4'] })).toEqual({ open: [], unknown: [] });
  });

  it('says what it opens, by which rule', () => {
    const { entries } = openEntries(
      resource('AWS::EC2::SecurityGroup', 'arn', { IpPermissions: [tcp(20, 25)] }),
      guarded,
    );
    expect(entries[0]).toMatchObject({ permission: 0, range: 0, family: 'IPv4', cidr: '0.0.0.0/0' });
    expect(entries[0]?.text).toBe('ingress from 0.0.0.0/0 reaches port 22 (tcp 20-25)');
  });
});

const absurd: readonly { name: string; rules: unknown; unknown: string[] }[] = [
  { name: 'FromPort above ToPort', rules: [tcp(65535, 0)], unknown: [ports] },
  { name: 'null ports', rules: [tcp(null, null)], unknown: [ports] },
  { name: 'ports that are texts', rules: [tcp('22', '22')], unknown: [ports] },
  { name: 'no ports', rules: [{ IpProtocol: 'tcp', ...world }], unknown: [ports] },
  { name: 'fractions', rules: [tcp(21.5, 22.5)], unknown: [ports] },
  { name: 'a port that does not exist', rules: [tcp(22, 70000)], unknown: [ports] },
  {
    name: 'a protocol nobody knows',
    rules: [{ ...tcp(22, 22), IpProtocol: 'constructor' }],
    unknown: ['IpPermissions[0].IpProtocol'],
  },
  {
    name: 'a protocol that is a number',
    rules: [{ ...tcp(22, 22), IpProtocol: 6 }],
    unknown: ['IpPermissions[0].IpProtocol'],
  },
  { name: 'a CIDR without a prefix', rules: [tcp(22, 22, { IpRanges: [{ CidrIp: '0.0.0.0' }] })], unknown: [first] },
  {
    name: 'a CIDR with a prefix of 00',
    rules: [tcp(22, 22, { IpRanges: [{ CidrIp: '0.0.0.0/00' }] })],
    unknown: [first],
  },
  { name: 'a CIDR that is a list', rules: [tcp(22, 22, { IpRanges: [{ CidrIp: ['0.0.0.0/0'] }] })], unknown: [first] },
  {
    name: 'ranges that are a text',
    rules: [tcp(22, 22, { IpRanges: '0.0.0.0/0' })],
    unknown: ['IpPermissions[0].IpRanges'],
  },
  { name: 'a rule that is null', rules: [null], unknown: ['IpPermissions[0]'] },
  { name: 'rules that were not read', rules: undefined, unknown: ['IpPermissions'] },
  { name: 'rules that are an object', rules: {}, unknown: ['IpPermissions'] },
];

describe('an absurd rule is neither open nor closed', () => {
  it.each(absurd)('$name', ({ rules, unknown }) => {
    expect(entriesOf(rules)).toEqual({ open: [], unknown });
  });
});
