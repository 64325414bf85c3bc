import { createHash } from 'node:crypto';
import type { IpPermission, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { canonicalJson, type Stored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';

export type Permission = Stored<IpPermission>;
export type Direction = 'ingress' | 'egress';

/**
 * One rule as EC2 counts them: one protocol, one port range, one source or destination. An `IpPermission` is how
 * EC2 groups the rules that share protocol and ports.
 */
export interface Rule {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly source:
    | { readonly IpRanges: NonNullable<Permission['IpRanges']>[number] }
    | { readonly Ipv6Ranges: NonNullable<Permission['Ipv6Ranges']>[number] }
    | { readonly PrefixListIds: NonNullable<Permission['PrefixListIds']>[number] }
    | { readonly UserIdGroupPairs: NonNullable<Permission['UserIdGroupPairs']>[number] };
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
  all: '-1',
};

/** The rules that a list of permissions stands for. */
export function rulesOf(permissions: readonly (Permission | IpPermission)[] | undefined): Rule[] {
  return (permissions ?? []).flatMap((permission) => {
    const IpProtocol = normalProtocol(permission.IpProtocol ?? '-1');
    const ports =
      IpProtocol === '-1'
        ? {}
        : {
            ...(permission.FromPort === undefined ? {} : { FromPort: permission.FromPort }),
            ...(permission.ToPort === undefined ? {} : { ToPort: permission.ToPort }),
          };
    const rule = (source: Rule['source']): Rule => ({ IpProtocol, ...ports, source });
    return [
      ...(permission.IpRanges ?? []).map((range) => rule({ IpRanges: range })),
      ...(permission.Ipv6Ranges ?? []).map((range) => rule({ Ipv6Ranges: range })),
      ...(permission.PrefixListIds ?? []).map((list) => rule({ PrefixListIds: list })),
      ...(permission.UserIdGroupPairs ?? []).map((pair) => rule({ UserIdGroupPairs: pair })),
    ];
  });
}

function normalProtocol(protocol: string): string {
  const lower = protocol.toLowerCase();
  return PROTOCOL_NAMES[lower] ?? lower;
}

/** What makes two rules the same rule: everything but the description. */
export function ruleKey({ source, ...rest }: Rule): string {
  const [kind = '', value = {}] = Object.entries(source)[0] ?? [];
  const { Description: _, UserId, VpcId: _vpc, ...identity } = value as Record<string, unknown>;
  return canonicalJson({ ...rest, kind, identity, ...(identity['GroupId'] === undefined ? { UserId } : {}) });
}

interface PermissionGroup {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges: NonNullable<Permission['IpRanges']>;
  readonly Ipv6Ranges: NonNullable<Permission['Ipv6Ranges']>;
  readonly PrefixListIds: NonNullable<Permission['PrefixListIds']>;
  readonly UserIdGroupPairs: NonNullable<Permission['UserIdGroupPairs']>;
}

/** The permissions that rules are shown as: rules of one protocol and port range share one, in order of first sight. */
export function permissionsOf(rules: readonly Rule[]): Permission[] {
  const groups = new Map<string, PermissionGroup>();
  for (const { source, ...rest } of rules) {
    const key = `${rest.IpProtocol}/${rest.FromPort ?? ''}/${rest.ToPort ?? ''}`;
    const group = groups.get(key) ?? { ...rest, IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
    groups.set(key, group);
    if ('IpRanges' in source) group.IpRanges.push(source.IpRanges);
    else if ('Ipv6Ranges' in source) group.Ipv6Ranges.push(source.Ipv6Ranges);
    else if ('PrefixListIds' in source) group.PrefixListIds.push(source.PrefixListIds);
    else group.UserIdGroupPairs.push(source.UserIdGroupPairs);
  }
  return [...groups.values()];
}

/** AWS keeps rule ids; the estate keeps permissions, so the twin derives an id from what the rule is. */
export function ruleId(groupId: string, direction: Direction, rule: Rule): string {
  return `sgr-${createHash('sha256')
    .update(`${groupId} ${direction} ${ruleKey(rule)}`)
    .digest('hex')
    .slice(0, 17)}`;
}

/** A rule as DescribeSecurityGroupRules shows it. */
export function securityGroupRule(
  group: Stored<SecurityGroup>,
  direction: Direction,
  rule: Rule,
): Stored<SecurityGroupRule> {
  const { source } = rule;
  const description = (value: { Description?: string | undefined }) =>
    value.Description === undefined ? {} : { Description: value.Description };
  const target =
    'IpRanges' in source
      ? { CidrIpv4: source.IpRanges.CidrIp, ...description(source.IpRanges) }
      : 'Ipv6Ranges' in source
        ? { CidrIpv6: source.Ipv6Ranges.CidrIpv6, ...description(source.Ipv6Ranges) }
        : 'PrefixListIds' in source
          ? { PrefixListId: source.PrefixListIds.PrefixListId, ...description(source.PrefixListIds) }
          : {
              ReferencedGroupInfo: { GroupId: source.UserIdGroupPairs.GroupId, UserId: source.UserIdGroupPairs.UserId },
              ...description(source.UserIdGroupPairs),
            };
  return {
    SecurityGroupRuleId: ruleId(group.GroupId ?? '', direction, rule),
    GroupId: group.GroupId,
    GroupOwnerId: group.OwnerId,
    IsEgress: direction === 'egress',
    IpProtocol: rule.IpProtocol,
    FromPort: rule.FromPort ?? -1,
    ToPort: rule.ToPort ?? -1,
    ...target,
    Tags: [],
  };
}

/**
 * Refuses what EC2 refuses: an address range that is none, ports out of range or the wrong way round.
 *
 * @throws AwsError
 */
export function checkRules(rules: readonly Rule[]): void {
  for (const rule of rules) {
    const { FromPort: from, ToPort: to, IpProtocol: protocol, source } = rule;
    if ('IpRanges' in source) checkCidr(source.IpRanges.CidrIp);
    if ('Ipv6Ranges' in source) checkCidr6(source.Ipv6Ranges.CidrIpv6);
    if (protocol !== 'tcp' && protocol !== 'udp') continue;
    if (from === undefined || to === undefined) {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid value 'Must specify both from and to ports with ${protocol.toUpperCase()}.' for portRange.`,
      );
    }
    if (from < 0 || to > 65535)
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid value '${from < 0 ? from : to}' for portRange. Must be between 0 and 65535.`,
      );
    if (from > to) {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid value 'Must specify both from and to ports with ${protocol.toUpperCase()}.' for portRange: from ${from} is greater than to ${to}.`,
      );
    }
  }
}

function checkCidr(cidr: string | undefined): void {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr ?? '');
  const valid = match !== null && match.slice(1, 5).every((part) => Number(part) <= 255) && Number(match[5]) <= 32;
  if (!valid) throw new AwsError('InvalidParameterValue', `CIDR block ${cidr ?? ''} is malformed`);
}

function checkCidr6(cidr: string | undefined): void {
  if (!/^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\/(\d{1,2}|1[01]\d|12[0-8])$/.test(cidr ?? '')) {
    throw new AwsError('InvalidParameterValue', `CIDR block ${cidr ?? ''} is malformed`);
  }
}
