import type { Json } from '../base/json.js';
import { arnName } from '../base/arn.js';
import type { Resource } from '../estate/estate.js';
import { apiCall, type ApiCall } from '../reference/api-call.js';
import { itemWith } from './check.js';
import { is } from './plan.js';
import type { Check, Step, Subject } from './playbook.js';

type Permission = NonNullable<Resource<'AWS::EC2::SecurityGroup'>['configuration']['IpPermissions']>[number];

/** Which way rules go, with the calls and the member that belong to it. */
export const directions = {
  ingress: {
    member: 'IpPermissions',
    revoke: 'RevokeSecurityGroupIngress',
    authorize: 'AuthorizeSecurityGroupIngress',
  },
  egress: {
    member: 'IpPermissionsEgress',
    revoke: 'RevokeSecurityGroupEgress',
    authorize: 'AuthorizeSecurityGroupEgress',
  },
} as const;

export function readGroup(subject: Subject): ApiCall {
  return apiCall('ec2', 'DescribeSecurityGroups', subject, { GroupIds: [arnName(subject.resourceArn)] });
}

/** The group's rules of one direction are exactly these. */
export function rulesAre(subject: Subject, direction: keyof typeof directions, rules: readonly Permission[]): Check {
  const path = `SecurityGroups.${itemWith('GroupId', arnName(subject.resourceArn))}.${directions[direction].member}`;
  return is(readGroup(subject), path, rules as Json);
}

/**
 * The step that removes some rules of a group and nothing else: before it the group's rules are exactly `before`, after
 * it exactly `after`, and undoing it authorizes the same rules again, descriptions included.
 */
export function revokeStep(
  subject: Subject,
  direction: keyof typeof directions,
  given: {
    readonly id: string;
    readonly title: string;
    readonly rules: readonly Permission[];
    readonly before: readonly Permission[];
    readonly after: readonly Permission[];
  },
): Step {
  const GroupId = arnName(subject.resourceArn);
  const { revoke, authorize } = directions[direction];
  const IpPermissions = given.rules.map(withoutEmptyLists);
  return {
    id: given.id,
    title: given.title,
    call: apiCall('ec2', revoke, subject, { GroupId, IpPermissions }),
    before: [rulesAre(subject, direction, given.before)],
    after: [rulesAre(subject, direction, given.after)],
    undo: [apiCall('ec2', authorize, subject, { GroupId, IpPermissions })],
  };
}

/** A permission as a call takes it: EC2 answers empty lists but wants none. */
function withoutEmptyLists(permission: Permission): Permission {
  return Object.fromEntries(
    Object.entries(permission).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  ) as Permission;
}
