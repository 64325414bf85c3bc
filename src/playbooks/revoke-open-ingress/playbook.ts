import { arnName } from '../../base/arn.js';
import { guarded as ssh } from '../../controls/ec2/EC2.13/control.js';
import { guarded as rdp } from '../../controls/ec2/EC2.14/control.js';
import { guarded as adminIpv4 } from '../../controls/ec2/EC2.53/control.js';
import { guarded as adminIpv6 } from '../../controls/ec2/EC2.54/control.js';
import { openEntries, type GuardedPorts, type OpenEntry } from '../../controls/ec2/open-ingress.js';
import type { Estate, Resource } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Step, Subject, Warning } from '../playbook.js';
import { directions, revokeStep, rulesAre } from '../security-group-rules.js';

type Group = Resource<'AWS::EC2::SecurityGroup'>;
type Permission = NonNullable<Group['configuration']['IpPermissions']>[number];

const guardedBy: Readonly<Record<string, GuardedPorts>> = {
  'EC2.13': ssh,
  'EC2.14': rdp,
  'EC2.53': adminIpv4,
  'EC2.54': adminIpv6,
};

const CIDR = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$|^[0-9a-f:]+\/\d{1,3}$/i;

export const playbook: Playbook = {
  id: 'revoke-open-ingress',
  title: 'Remove the rules that let the whole internet reach SSH or Remote Desktop',
  description:
    'Revokes exactly the offending address ranges of exactly the offending rules; every other range, also of the same rule, stays. Never deletes a group. With `replacement-cidr` the same ports are first opened to that range.',
  controls: ['EC2.13', 'EC2.14', 'EC2.53', 'EC2.54'],
  risk: 'H',
  calls: ['ec2:DescribeSecurityGroups', 'ec2:RevokeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupIngress'],
  parameters: [
    { name: 'replacement-cidr', description: 'an IPv4 or IPv6 range that keeps the access, for example the office' },
  ],
  plan(subject, estate, parameters) {
    const group = estate.get('AWS::EC2::SecurityGroup', subject.resourceArn, subject.accountId);
    const guarded = guardedBy[subject.controlId];
    if (group === undefined || guarded === undefined) return notFound(subject);
    const { entries, unknown } = openEntries(group, guarded);
    const [first] = unknown;
    if (first !== undefined) return refuse(`a rule cannot be understood: ${first.text}`, 'look at the group by hand');
    if (entries.length === 0) return refuse('no rule offends any more', 'scan again');
    const replacement = parameters['replacement-cidr'];
    if (replacement !== undefined && (!CIDR.test(replacement) || replacement.endsWith('/0'))) {
      return refuse(`\`${replacement}\` is not a narrower address range`, 'give one such as 203.0.113.0/24');
    }
    const steps = stepsFor(subject, group, entries, replacement);
    return planOf(playbook, subject, steps, {
      warnings: [...otherPorts(group, entries), ...usedBy(estate, subject)],
      outsideModel: ['connections that are open now stay open until they end: security groups are stateful'],
    });
  },
};

function stepsFor(
  subject: Subject,
  group: Group,
  entries: readonly OpenEntry[],
  replacement: string | undefined,
): Step[] {
  const before = group.configuration.IpPermissions ?? [];
  const doomed = new Set(entries.map(({ permission, family, range }) => `${permission}/${family}/${range}`));
  const split = (keep: boolean) =>
    before.map((permission, index) => ({
      ...permission,
      IpRanges: (permission.IpRanges ?? []).filter((_, range) => doomed.has(`${index}/IPv4/${range}`) !== keep),
      Ipv6Ranges: (permission.Ipv6Ranges ?? []).filter((_, range) => doomed.has(`${index}/IPv6/${range}`) !== keep),
    }));
  const offending = split(false)
    .filter(({ IpRanges, Ipv6Ranges }) => IpRanges.length + Ipv6Ranges.length > 0)
    .map((permission) => ({ ...permission, PrefixListIds: [], UserIdGroupPairs: [] }));
  const kept = split(true).filter((permission) => sources(permission) > 0);
  const opened = replacement === undefined ? undefined : authorizeReplacement(subject, before, offending, replacement);
  const titles = entries
    .map(({ text }) => text.replace(/^ingress from /, '').replace(/ reaches port .*? \(/, ' ('))
    .join(', ');
  const revoke = revokeStep(subject, 'ingress', {
    id: 'revoke',
    title: `revoke ingress from ${titles} in ${arnName(subject.resourceArn)}`,
    rules: offending,
    before: opened === undefined ? before : merge(before, opened.added),
    after: opened === undefined ? kept : merge(kept, opened.added),
  });
  return opened === undefined ? [revoke] : [opened.step, revoke];
}

function sources({ IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs }: Permission): number {
  return [IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs].reduce((sum, list) => sum + (list?.length ?? 0), 0);
}

function authorizeReplacement(
  subject: Subject,
  before: readonly Permission[],
  offending: readonly Permission[],
  cidr: string,
) {
  const GroupId = arnName(subject.resourceArn);
  const ranges = cidr.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] };
  const ports = ({ IpProtocol, FromPort, ToPort }: Permission) => ({
    IpProtocol,
    ...(FromPort === undefined ? {} : { FromPort }),
    ...(ToPort === undefined ? {} : { ToPort }),
  });
  const added = offending
    .map((permission): Permission => ({ ...ports(permission), ...ranges }))
    .filter(
      (permission) =>
        !before.some((known) => samePorts(known, permission) && JSON.stringify(known).includes(`"${cidr}"`)),
    );
  if (added.length === 0) return undefined;
  const step: Step = {
    id: 'authorize',
    title: `authorize the same ports from ${cidr} only`,
    call: apiCall('ec2', directions.ingress.authorize, subject, { GroupId, IpPermissions: added }),
    before: [rulesAre(subject, 'ingress', before)],
    after: [rulesAre(subject, 'ingress', merge(before, added))],
    undo: [apiCall('ec2', directions.ingress.revoke, subject, { GroupId, IpPermissions: added })],
  };
  return { step, added };
}

function samePorts(a: Permission, b: Permission): boolean {
  return a.IpProtocol === b.IpProtocol && a.FromPort === b.FromPort && a.ToPort === b.ToPort;
}

/** Permissions as EC2 shows them once rules are added: rules of the same protocol and ports share one. */
function merge(permissions: readonly Permission[], added: readonly Permission[]): Permission[] {
  const merged = permissions.map((permission) => ({ ...permission }));
  for (const rule of added) {
    const home = merged.find((permission) => samePorts(permission, rule));
    if (home === undefined) {
      merged.push({ IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [], ...rule });
    } else {
      home.IpRanges = [...(home.IpRanges ?? []), ...(rule.IpRanges ?? [])];
      home.Ipv6Ranges = [...(home.Ipv6Ranges ?? []), ...(rule.Ipv6Ranges ?? [])];
    }
  }
  return merged;
}

/** A wide rule serves more than the guarded port: the approver must know what else closes. */
function otherPorts(group: Group, entries: readonly OpenEntry[]): Warning[] {
  return entries.flatMap(({ permission, cidr }) => {
    const rule = group.configuration.IpPermissions?.[permission];
    if (rule === undefined || (rule.FromPort !== undefined && rule.FromPort === rule.ToPort)) return [];
    const ports =
      rule.IpProtocol === '-1'
        ? 'all protocols and ports'
        : `${rule.IpProtocol} ports ${rule.FromPort} to ${rule.ToPort}`;
    return [{ code: 'otherPorts', text: `the rule from ${cidr} serves ${ports}: all of them close to ${cidr}` }];
  });
}

function usedBy(estate: Estate, subject: Subject): Warning[] {
  const id = arnName(subject.resourceArn);
  const scope = { accountId: subject.accountId, region: subject.region };
  const count = [...estate.list('AWS::EC2::NetworkInterface', scope)].filter(({ configuration }) =>
    (configuration.Groups ?? []).some(({ GroupId }) => GroupId === id),
  ).length;
  return count === 0
    ? []
    : [{ code: 'inUse', text: `${count} network interface${count === 1 ? '' : 's'} use this group now` }];
}
