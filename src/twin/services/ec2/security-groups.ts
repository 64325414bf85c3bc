import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Stored } from '../../../base/json.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { describe, type DescribeTable } from './describe.js';
import { dryRun } from './dry-run.js';
import {
  checkRules,
  permissionsOf,
  ruleId,
  ruleKey,
  rulesOf,
  securityGroupRule,
  type Direction,
  type Rule,
} from './ip-permissions.js';
import { givenTags } from './tags.js';

type Type = 'AWS::EC2::SecurityGroup';

const ranges = (group: Stored<SecurityGroup>) => (group.IpPermissions ?? []).flatMap(({ IpRanges }) => IpRanges ?? []);

const groups: DescribeTable<Type> = {
  type: 'AWS::EC2::SecurityGroup',
  id: ({ GroupId }) => GroupId,
  notFound: ['InvalidGroup.NotFound', 'security group'],
  filters: {
    'group-id': ({ GroupId }) => [GroupId],
    'group-name': ({ GroupName }) => [GroupName],
    'vpc-id': ({ VpcId }) => [VpcId],
    'owner-id': ({ OwnerId }) => [OwnerId],
    description: ({ Description }) => [Description],
    'ip-permission.cidr': (group) => ranges(group).map(({ CidrIp }) => CidrIp),
    'ip-permission.ipv6-cidr': (group) =>
      (group.IpPermissions ?? []).flatMap(({ Ipv6Ranges }) => (Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6)),
    'ip-permission.from-port': (group) => (group.IpPermissions ?? []).map(({ FromPort }) => FromPort),
    'ip-permission.to-port': (group) => (group.IpPermissions ?? []).map(({ ToPort }) => ToPort),
    'ip-permission.protocol': (group) => (group.IpPermissions ?? []).map(({ IpProtocol }) => IpProtocol),
  },
};

/** Rules may be given as permissions, as one flat rule, or by their ids. */
interface RuleInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly SecurityGroupRuleIds?: readonly string[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly DryRun?: boolean | undefined;
}

/** Finds the group, asks the authorizer, or throws what EC2 throws. */
function group(
  context: Context,
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): Resource<Type> {
  const table = context.table('AWS::EC2::SecurityGroup');
  if (input.GroupId === undefined && input.GroupName === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter groupName or groupId');
  }
  const found =
    input.GroupId === undefined
      ? table.find(({ GroupName }) => GroupName === input.GroupName)
      : table.get(context.arn(`security-group/${input.GroupId}`));
  context.authorize(found?.arn ?? context.arn(`security-group/${input.GroupId ?? '*'}`));
  if (found === undefined) {
    throw new AwsError(
      'InvalidGroup.NotFound',
      `The security group '${input.GroupId ?? input.GroupName}' does not exist`,
    );
  }
  return found;
}

function givenRules(context: Context, input: RuleInput): Rule[] {
  const flat: IpPermission[] =
    input.IpProtocol === undefined && input.CidrIp === undefined
      ? []
      : [
          {
            IpProtocol: input.IpProtocol ?? '-1',
            FromPort: input.FromPort,
            ToPort: input.ToPort,
            ...(input.CidrIp === undefined ? {} : { IpRanges: [{ CidrIp: input.CidrIp }] }),
          },
        ];
  const permissions = [...(input.IpPermissions ?? []), ...flat].map((permission) => ({
    ...permission,
    ...(permission.UserIdGroupPairs === undefined
      ? {}
      : { UserIdGroupPairs: permission.UserIdGroupPairs.map((pair) => ({ UserId: context.accountId, ...pair })) }),
  }));
  return rulesOf(permissions);
}

const side = { ingress: 'IpPermissions', egress: 'IpPermissionsEgress' } as const;

function authorizeRules(direction: Direction, input: RuleInput, context: Context) {
  const found = group(context, input);
  dryRun(input);
  const rules = givenRules(context, input);
  checkRules(rules);
  if (rules.length === 0)
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions');
  const existing = rulesOf(found.configuration[side[direction]]);
  const known = new Set(existing.map(ruleKey));
  for (const rule of rules) {
    if (!known.has(ruleKey(rule))) continue;
    const peer = Object.values(Object.values(rule.source)[0] ?? {})[0];
    const ports = rule.FromPort === undefined ? 'ALL' : `from port: ${rule.FromPort}, to port: ${rule.ToPort}`;
    const message = `the specified rule "peer: ${String(peer)}, ${rule.IpProtocol === '-1' ? 'ALL' : rule.IpProtocol.toUpperCase()}, ${ports}, ALLOW" already exists`;
    throw new AwsError('InvalidPermission.Duplicate', message);
  }
  context.table('AWS::EC2::SecurityGroup').edit(found.arn, (configuration) => {
    configuration[side[direction]] = permissionsOf([...existing, ...rules]);
  });
  return {
    Return: true,
    SecurityGroupRules: rules.map((rule) => securityGroupRule(found.configuration, direction, rule)),
  };
}

function revokeRules(direction: Direction, input: RuleInput, context: Context) {
  const found = group(context, input);
  dryRun(input);
  const existing = rulesOf(found.configuration[side[direction]]);
  const groupId = found.configuration.GroupId ?? '';
  const ids = new Set(input.SecurityGroupRuleIds ?? []);
  const byId = existing.filter((rule) => ids.has(ruleId(groupId, direction, rule)));
  if (byId.length < ids.size) {
    const known = new Set(existing.map((rule) => ruleId(groupId, direction, rule)));
    const missing = [...ids].filter((id) => !known.has(id)).join(', ');
    throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${missing}' does not exist`);
  }
  const given = [...givenRules(context, input), ...byId];
  if (given.length === 0)
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions');
  const gone = new Set(given.map(ruleKey));
  const known = new Set(existing.map(ruleKey));
  if ([...gone].some((key) => !known.has(key))) {
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  context.table('AWS::EC2::SecurityGroup').edit(found.arn, (configuration) => {
    configuration[side[direction]] = permissionsOf(existing.filter((rule) => !gone.has(ruleKey(rule))));
  });
  return { Return: true, RevokedSecurityGroupRules: [] };
}

export const securityGroups = handlers('ec2', {
  DescribeSecurityGroups(input, context) {
    const names = input.GroupNames;
    const byName = names === undefined || names.length === 0 ? [] : [{ Name: 'group-name', Values: names }];
    const filtered = { ...input, Filters: [...(input.Filters ?? []), ...byName] };
    const { items, next } = describe(groups, filtered, input.GroupIds, context);
    return { SecurityGroups: items, ...(next === undefined ? {} : { NextToken: next }) };
  },
  DescribeSecurityGroupRules(input, context) {
    context.authorize('*');
    const wanted = new Map((input.Filters ?? []).map(({ Name = '', Values = [] }) => [Name, Values]));
    const rules = context
      .table('AWS::EC2::SecurityGroup')
      .all()
      .filter(({ configuration }) => wanted.get('group-id')?.includes(configuration.GroupId ?? '') ?? true)
      .flatMap(({ configuration }) => [
        ...rulesOf(configuration.IpPermissions).map((rule) => securityGroupRule(configuration, 'ingress', rule)),
        ...rulesOf(configuration.IpPermissionsEgress).map((rule) => securityGroupRule(configuration, 'egress', rule)),
      ])
      .filter(({ SecurityGroupRuleId }) => input.SecurityGroupRuleIds?.includes(SecurityGroupRuleId ?? '') ?? true);
    const { items, next } = context.page(rules, input.NextToken, input.MaxResults, 1000);
    return { SecurityGroupRules: items, ...(next === undefined ? {} : { NextToken: next }) };
  },
  CreateSecurityGroup(input, context) {
    const vpc =
      input.VpcId ?? context.table('AWS::EC2::VPC').find(({ IsDefault }) => IsDefault === true)?.configuration.VpcId;
    context.authorize(context.arn('security-group/*'));
    dryRun(input);
    if (vpc === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
    if (context.table('AWS::EC2::VPC').get(context.arn(`vpc/${vpc}`)) === undefined) {
      throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${vpc}' does not exist`);
    }
    const table = context.table('AWS::EC2::SecurityGroup');
    if (table.find(({ GroupName, VpcId }) => GroupName === input.GroupName && VpcId === vpc) !== undefined) {
      throw new AwsError(
        'InvalidGroup.Duplicate',
        `The security group '${input.GroupName}' already exists for VPC '${vpc}'`,
      );
    }
    const GroupId = context.id('sg-');
    const arn = context.arn(`security-group/${GroupId}`);
    const Tags = givenTags(input.TagSpecifications, 'security-group');
    table.put(arn, newGroup(context, GroupId, input.GroupName, input.Description, vpc, Tags));
    return { GroupId, SecurityGroupArn: arn, ...(Tags.length === 0 ? {} : { Tags }) };
  },
  DeleteSecurityGroup(input, context) {
    const found = group(context, input);
    dryRun(input);
    const { GroupId, GroupName } = found.configuration;
    if (GroupName === 'default') {
      throw new AwsError(
        'CannotDelete',
        `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
      );
    }
    const used = context
      .table('AWS::EC2::NetworkInterface')
      .find(({ Groups }) => (Groups ?? []).some((each) => each.GroupId === GroupId));
    if (used !== undefined) {
      throw new AwsError('DependencyViolation', `resource ${GroupId} has a dependent object`);
    }
    context.table('AWS::EC2::SecurityGroup').remove(found.arn);
    return { Return: true, ...(GroupId === undefined ? {} : { GroupId }) };
  },
  AuthorizeSecurityGroupIngress: (input, context) => authorizeRules('ingress', input, context),
  AuthorizeSecurityGroupEgress: (input, context) => authorizeRules('egress', input, context),
  RevokeSecurityGroupIngress: (input, context) => revokeRules('ingress', input, context),
  RevokeSecurityGroupEgress: (input, context) => revokeRules('egress', input, context),
});

/** A new group lets everything out and nothing in. */
export function newGroup(
  context: Context,
  GroupId: string,
  GroupName: string,
  Description: string,
  VpcId: string,
  Tags: Stored<SecurityGroup>['Tags'],
): Stored<SecurityGroup> {
  const everything = {
    IpProtocol: '-1',
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
  return {
    GroupId,
    SecurityGroupArn: context.arn(`security-group/${GroupId}`),
    OwnerId: context.accountId,
    GroupName,
    Description,
    VpcId,
    IpPermissions: [],
    IpPermissionsEgress: [everything],
    Tags,
  };
}
