import type { Resource } from '../../../estate/estate.js';
import { defineControl, failed, notAvailable, passed, type Reason } from '../../control.js';
import { asObject, kindOf } from '../../shape.js';
import { weigh } from '../../weigh.js';
import { managementEvents } from '../management-events.js';

type Trail = Resource<'AWS::CloudTrail::Trail'>;

export const control = defineControl({
  id: 'CloudTrail.1',
  title:
    'CloudTrail should be enabled and configured with at least one multi-Region trail that includes read and write management events',
  description:
    'No trail records all read and write management events of this account in every region. What happens in a region nobody watches, or is only looked at before an attack, leaves no lasting trace.',
  severity: 'HIGH',
  resourceType: 'AWS::::Account',
  needs: ['AWS::CloudTrail::Trail'],
  standards: {
    cis: { '1.2': ['2.1'], '1.4': ['3.1'], '3.0': ['3.1'], '5.0': ['3.1'] },
    fsbp: true,
    nist80053: [
      'AC-2(4)',
      'AC-4(26)',
      'AC-6(9)',
      'AU-10',
      'AU-12',
      'AU-2',
      'AU-3',
      'AU-6(3)',
      'AU-6(4)',
      'AU-14(1)',
      'CA-7',
      'SC-7(9)',
      'SI-3(8)',
      'SI-4(20)',
      'SI-7(8)',
      'SA-8(22)',
    ],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-1',
  evaluate: (_account, surroundings) => {
    const short: Reason[] = [];
    const unknown: Reason[] = [];
    const seen = new Set<string>();
    for (const trail of surroundings.list('AWS::CloudTrail::Trail')) {
      if (seen.has(trail.arn)) continue;
      seen.add(trail.arn);
      const found = shortfall(trail, surroundings.elsewhere('AWS::CloudTrail::Trail', trail.arn) ?? trail);
      if (found === undefined) return passed({ text: `${trail.arn} records all management events in every region` });
      (found.certain ? short : unknown).push({ text: `${trail.arn} ${found.text}` });
    }
    if (unknown.length > 0) return weigh([], unknown);
    const unread = surroundings.unread('AWS::CloudTrail::Trail');
    if (unread !== undefined) return notAvailable(unread);
    return failed({ text: 'no trail records all management events in every region' }, ...short);
  },
});

/**
 * Why a trail does not do, or `undefined` when it does. A member account may see an organization trail without being
 * allowed to read its status or selectors: those then come from the owner's copy.
 */
function shortfall(
  { configuration }: Trail,
  { configuration: owners }: Trail,
): { text: string; certain: boolean } | undefined {
  const { IsMultiRegionTrail: everywhere } = configuration;
  if (everywhere !== true) {
    return everywhere === false
      ? { certain: true, text: 'records one region only' }
      : { certain: false, text: `may record one region only: IsMultiRegionTrail is ${kindOf(everywhere)}` };
  }
  const logging = asObject(configuration.Status ?? owners.Status)?.['IsLogging'];
  if (logging === false) return { certain: true, text: 'is switched off' };
  const events = managementEvents(configuration) ?? managementEvents(owners);
  if (events !== undefined) {
    if (events.excluding) return { certain: true, text: 'leaves out the management events of some services' };
    if (!events.read || !events.write) {
      const missing = events.read ? 'write' : events.write ? 'read' : 'any';
      return { certain: true, text: `does not record ${missing} management events` };
    }
  }
  if (logging !== true) return { certain: false, text: 'may be switched off: its status was not read' };
  return events === undefined
    ? { certain: false, text: 'may leave out events: its event selectors were not read' }
    : undefined;
}
