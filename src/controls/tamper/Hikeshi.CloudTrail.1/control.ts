import { because, defineControl, failed, notAvailable, passed } from '../../control.js';
import { trailDrift } from '../trail-drift.js';

export const control = defineControl({
  id: 'Hikeshi.CloudTrail.1',
  title: 'CloudTrail trails should not be stopped, deleted or narrowed',
  description:
    'A trail does not record as it did when it was last scanned: it was stopped or deleted, or what it records or where to was changed. Switching off the record is what an intruder does first.',
  severity: 'CRITICAL',
  resourceType: 'Hikeshi::CloudTrail::TrailBaseline',
  needs: ['AWS::CloudTrail::Trail'],
  standards: {},
  url: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html',
  evaluate: ({ arn, configuration: baseline }, surroundings) => {
    const trail = surroundings.list('AWS::CloudTrail::Trail').find((each) => each.arn === arn);
    if (trail === undefined) {
      const unread = surroundings.unread('AWS::CloudTrail::Trail');
      if (unread !== undefined) return notAvailable(unread);
      return failed({ text: `${baseline.Name ?? arn} was deleted` });
    }
    if (trail.configuration.Status === undefined) return notAvailable('whether the trail is logging was not read');
    const [first, ...more] = trailDrift(baseline, trail.configuration).map(({ path, was, is }) =>
      because(path, is, `${path} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`),
    );
    if (first === undefined) return passed({ text: 'it records as it did when it was last scanned' });
    return failed(first, ...more);
  },
});
