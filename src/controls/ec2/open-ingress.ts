import type { Resource } from '../../estate/estate.js';
import type { Reason, Verdict } from '../control.js';
import { asList, asObject, kindOf } from '../shape.js';
import { malformed, unclear, weigh } from '../weigh.js';

export type IpFamily = 'IPv4' | 'IPv6';
type Transport = 'tcp' | 'udp';

/** What must not be open to the world. */
export interface GuardedPorts {
  readonly ports: readonly number[];
  /** Over which of these; a rule for all protocols always counts. */
  readonly transports: readonly Transport[];
  readonly families: readonly IpFamily[];
}

/** One offending source of one ingress rule: what a fix removes, and nothing else of that rule. */
export interface OpenEntry {
  /** Where it is: `IpPermissions[permission].IpRanges[range]`, or `.Ipv6Ranges[range]`. */
  readonly permission: number;
  readonly range: number;
  readonly family: IpFamily;
  readonly cidr: string;
  /** The guarded ports that it opens. */
  readonly ports: readonly number[];
  readonly path: string;
  readonly text: string;
}

/** The protocol names and IANA numbers that AWS answers. Others carry no TCP or UDP port. */
const transports: Readonly<Record<string, Transport | 'all'>> = {
  '-1': 'all',
  all: 'all',
  tcp: 'tcp',
  '6': 'tcp',
  udp: 'udp',
  '17': 'udp',
};
const portless = /^(icmp|icmpv6|\d{1,3})$/;
const cidrShape = /^[\d.:a-f]+\/(?:\d|[1-9]\d{1,2})$/i;

const sides = [
  { family: 'IPv4', member: 'IpRanges', cidrMember: 'CidrIp' },
  { family: 'IPv6', member: 'Ipv6Ranges', cidrMember: 'CidrIpv6' },
] as const;

/**
 * The sources in a security group's ingress rules that let the whole internet reach a guarded port, and what could not
 * be understood of rules that may do so.
 *
 * "The whole internet" is a CIDR of prefix length 0. Ranges that only together cover it (0.0.0.0/1 and 128.0.0.0/1)
 * and the contents of prefix lists are not added up: AWS Config's rules do not either.
 */
export function openEntries(
  group: Resource<'AWS::EC2::SecurityGroup'>,
  guarded: GuardedPorts,
): { readonly entries: readonly OpenEntry[]; readonly unknown: readonly Reason[] } {
  const value: unknown = group.configuration.IpPermissions;
  const permissions = asList(value);
  if (permissions === undefined) return { entries: [], unknown: [unclear('IpPermissions', value)] };
  const entries: OpenEntry[] = [];
  const unknown: Reason[] = [];
  for (const [index, each] of permissions.entries()) {
    const at = `IpPermissions[${index}]`;
    const permission = asObject(each);
    if (permission === undefined) {
      unknown.push(malformed(at, each));
      continue;
    }
    const reach = guardedPortsOf(permission, guarded, at);
    if (reach.ports?.length === 0) continue;
    const sources = worldSources(permission, guarded.families, at);
    if (reach.ports === undefined) {
      if (sources.found.length > 0 || sources.unknown.length > 0) unknown.push(reach.unknown);
      continue;
    }
    unknown.push(...sources.unknown);
    for (const source of sources.found) {
      const text = `ingress from ${source.cidr} reaches port ${reach.ports.join(' and ')} (${described(permission)})`;
      entries.push({ ...source, permission: index, ports: reach.ports, text });
    }
  }
  return { entries, unknown };
}

/** The verdict of a control on world-open ports. */
export function judgeIngress(group: Resource<'AWS::EC2::SecurityGroup'>, guarded: GuardedPorts): Verdict {
  const { entries, unknown } = openEntries(group, guarded);
  return weigh(
    entries.map(({ path, cidr, text }) => ({ text, path, value: cidr })),
    unknown,
    { text: `no ingress rule opens port ${guarded.ports.join(' or ')} to the world`, path: 'IpPermissions' },
  );
}

/** Whether the group belongs to the account that sees it: a shared VPC shows its groups to participants too. */
export function ownsGroup(group: Resource<'AWS::EC2::SecurityGroup'>): boolean {
  const owner: unknown = group.configuration.OwnerId;
  return typeof owner !== 'string' || owner === group.accountId;
}

type Reach = { readonly ports: readonly number[] } | { readonly ports: undefined; readonly unknown: Reason };

function guardedPortsOf(permission: Readonly<Record<string, unknown>>, guarded: GuardedPorts, at: string): Reach {
  const { IpProtocol: protocol, FromPort: from, ToPort: to } = permission;
  if (typeof protocol !== 'string') return { ports: undefined, unknown: unclear(`${at}.IpProtocol`, protocol) };
  const transport = Object.hasOwn(transports, protocol.toLowerCase()) ? transports[protocol.toLowerCase()] : undefined;
  if (transport === 'all') return { ports: guarded.ports };
  if (transport === undefined) {
    const known = portless.test(protocol.toLowerCase());
    return known ? { ports: [] } : { ports: undefined, unknown: malformed(`${at}.IpProtocol`, protocol) };
  }
  if (!guarded.transports.includes(transport)) return { ports: [] };
  if (!isPort(from) || !isPort(to) || from > to) {
    const text = `${at} has no valid port range: FromPort is ${kindOf(from)}, ToPort is ${kindOf(to)}`;
    return { ports: undefined, unknown: { text, path: `${at}.FromPort` } };
  }
  return { ports: guarded.ports.filter((port) => from <= port && port <= to) };
}

type Source = Pick<OpenEntry, 'range' | 'family' | 'cidr' | 'path'>;

function worldSources(
  permission: Readonly<Record<string, unknown>>,
  families: readonly IpFamily[],
  at: string,
): { readonly found: readonly Source[]; readonly unknown: readonly Reason[] } {
  const found: Source[] = [];
  const unknown: Reason[] = [];
  for (const { family, member, cidrMember } of sides) {
    const value = permission[member];
    if (!families.includes(family) || value === undefined || value === null) continue;
    const ranges = asList(value);
    if (ranges === undefined) unknown.push(malformed(`${at}.${member}`, value));
    for (const [range, each] of (ranges ?? []).entries()) {
      const path = `${at}.${member}[${range}].${cidrMember}`;
      const cidr = asObject(each)?.[cidrMember];
      if (typeof cidr !== 'string' || !cidrShape.test(cidr)) unknown.push(malformed(path, cidr));
      else if (cidr.endsWith('/0')) found.push({ family, range, cidr, path });
    }
  }
  return { found, unknown };
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}

function described({ IpProtocol: protocol, FromPort: from, ToPort: to }: Readonly<Record<string, unknown>>): string {
  if (transports[String(protocol).toLowerCase()] === 'all') return 'all protocols';
  return `${String(protocol)} ${from === to ? String(from) : `${String(from)}-${String(to)}`}`;
}
