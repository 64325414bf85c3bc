import { apiCall } from '../../reference/api-call.js';
import { LOG_GROUP_CALLS, logGroupStep } from '../log-group-step.js';
import { is, isMissing, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';
import { ROLE_CALLS, roleSteps } from '../role-steps.js';
import { trailOf } from '../trail-reads.js';

export const playbook: Playbook = {
  id: 'send-trail-to-cloudwatch-logs',
  title: 'Send a trail’s events to CloudWatch Logs',
  description:
    'Makes a log group named after the trail and a role that may write to it, if they are not there, and lets the trail deliver to them. Names are the same every time; no credential is part of any.',
  controls: ['CloudTrail.5'],
  risk: 'S',
  calls: [...LOG_GROUP_CALLS, ...ROLE_CALLS, 'cloudtrail:GetTrail', 'cloudtrail:UpdateTrail'],
  extraActions: ['iam:PassRole'],
  plan(subject, estate) {
    const found = trailOf(subject, estate);
    if ('refused' in found) return found;
    const { trail, target, read } = found;
    if (trail.configuration.CloudWatchLogsLogGroupArn !== undefined)
      return refuse('it is delivered to a log group already', 'scan again');
    const name = trail.configuration.Name ?? '';
    const group = logGroupStep(estate, target, `hikeshi/trail/${name}`);
    const role = roleSteps(estate, subject, {
      name: 'hikeshi-trail-to-logs',
      service: 'cloudtrail.amazonaws.com',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resource: `arn:${estate.header.partition}:logs:*:${subject.accountId}:log-group:hikeshi/trail/*`,
    });
    const set = (CloudWatchLogsLogGroupArn: string, CloudWatchLogsRoleArn: string) =>
      apiCall('cloudtrail', 'UpdateTrail', target, {
        Name: trail.arn,
        CloudWatchLogsLogGroupArn,
        CloudWatchLogsRoleArn,
      });
    const destination = `${group.arn}:*`;
    const deliver: Step = {
      id: 'deliver',
      title: `send trail ${name} to log group hikeshi/trail/${name}`,
      call: set(destination, role.arn),
      before: [isMissing(read, 'Trail.CloudWatchLogsLogGroupArn')],
      after: [is(read, 'Trail.CloudWatchLogsLogGroupArn', destination)],
      undo: [set('', '')],
      settleSeconds: 120,
    };
    return planOf(playbook, subject, [...group.steps, ...role.steps, deliver], {
      warnings: [{ code: 'cost', text: 'CloudWatch Logs charges for what is delivered' }],
      outsideModel: ['the first delivery, which takes CloudTrail some minutes'],
    });
  },
};
