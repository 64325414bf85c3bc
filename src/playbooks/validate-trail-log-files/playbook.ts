import { apiCall } from '../../reference/api-call.js';
import { is, planOf, refuse } from '../plan.js';
import { type Playbook } from '../playbook.js';
import { trailOf } from '../trail-reads.js';

export const playbook: Playbook = {
  id: 'validate-trail-log-files',
  title: 'Sign a trail’s log files',
  description:
    'Switches log file validation on: CloudTrail then delivers signed digests from now on. Changes nothing else of the trail.',
  controls: ['CloudTrail.4'],
  risk: 'S',
  calls: ['cloudtrail:GetTrail', 'cloudtrail:UpdateTrail'],
  plan(subject, estate) {
    const found = trailOf(subject, estate);
    if ('refused' in found) return found;
    const { trail, target, read } = found;
    if (trail.configuration.LogFileValidationEnabled === true) return refuse('it is on already', 'scan again');
    const set = (EnableLogFileValidation: boolean) =>
      apiCall('cloudtrail', 'UpdateTrail', target, { Name: trail.arn, EnableLogFileValidation });
    const step = {
      id: 'validate',
      title: `sign the log files of trail ${trail.configuration.Name}`,
      call: set(true),
      before: [is(read, 'Trail.LogFileValidationEnabled', false)],
      after: [is(read, 'Trail.LogFileValidationEnabled', true)],
      undo: [set(false)],
    };
    return planOf(playbook, subject, [step]);
  },
};
