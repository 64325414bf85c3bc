import { arnName } from '../../base/arn.js';
import { notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';
import { directions, revokeStep } from '../security-group-rules.js';

export const playbook: Playbook = {
  id: 'close-default-security-group',
  title: 'Remove every rule of a default security group',
  description:
    'Revokes all ingress and all egress rules of the default group; a side without rules is skipped. Never deletes or renames the group (AWS does not allow it). Interfaces that use it lose what these rules let through: the warning names how many there are.',
  controls: ['EC2.2'],
  risk: 'H',
  calls: [
    'ec2:DescribeSecurityGroups',
    'ec2:RevokeSecurityGroupIngress',
    'ec2:RevokeSecurityGroupEgress',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:AuthorizeSecurityGroupEgress',
  ],
  plan(subject, estate) {
    const group = estate.get('AWS::EC2::SecurityGroup', subject.resourceArn, subject.accountId);
    if (group === undefined) return notFound(subject);
    const { IpPermissions, IpPermissionsEgress, GroupName } = group.configuration;
    if (IpPermissions === undefined || IpPermissionsEgress === undefined) return notRead('a side of its rules');
    if (GroupName !== 'default')
      return refuse(`\`${GroupName}\` is not a default group`, 'use revoke-open-ingress for others');
    const id = arnName(subject.resourceArn);
    const sides = [
      { direction: 'ingress', rules: IpPermissions },
      { direction: 'egress', rules: IpPermissionsEgress },
    ] as const;
    const steps = sides
      .filter(({ rules }) => rules.length > 0)
      .map(({ direction, rules }): Step =>
        revokeStep(subject, direction, {
          id: directions[direction].revoke,
          title: `revoke all ${rules.length} ${direction} rule${rules.length === 1 ? '' : 's'} of ${id}`,
          rules,
          before: rules,
          after: [],
        }),
      );
    if (steps.length === 0) return refuse('the group has no rules any more', 'scan again');
    const scope = { accountId: subject.accountId, region: subject.region };
    const users = [...estate.list('AWS::EC2::NetworkInterface', scope)].filter(({ configuration }) =>
      (configuration.Groups ?? []).some(({ GroupId }) => GroupId === id),
    ).length;
    const warnings =
      users === 0 ? [] : [{ code: 'inUse', text: `${users} network interfaces use this group and lose its traffic` }];
    return planOf(playbook, subject, steps, {
      warnings,
      outsideModel: ['connections that are open now stay open until they end: security groups are stateful'],
    });
  },
};
