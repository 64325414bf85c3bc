import type { Resource } from '../../../estate/estate.js';
import { defineControl, notAvailable, type Reason } from '../../control.js';
import { asObject } from '../../shape.js';
import type { Surroundings } from '../../surroundings.js';
import { weigh } from '../../weigh.js';
import { recordingOf, usesServiceLinkedRole } from '../recording.js';

type Recorder = Resource<'AWS::Config::ConfigurationRecorder'>;

export const control = defineControl({
  id: 'Config.1',
  title: 'AWS Config should be enabled and use the service-linked role for resource recording',
  description:
    'AWS Config does not record the account’s resources in every region, or with its own role. What changed, when and by whom cannot be answered there, and checks that rest on Config see nothing.',
  severity: 'CRITICAL',
  resourceType: 'AWS::::Account',
  needs: ['AWS::Config::ConfigurationRecorder'],
  standards: {
    cis: { '1.2': ['2.5'], '1.4': ['3.5'], '3.0': ['3.3'], '5.0': ['3.3'] },
    fsbp: true,
    pci: { '3.2.1': ['10.5.2', '11.5'] },
    nist80053: ['CM-3', 'CM-6(1)', 'CM-8', 'CM-8(2)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/config-controls.html#config-1',
  evaluate: (_account, surroundings) => {
    const { regions } = surroundings;
    if (regions.length === 0) return notAvailable('no region of the account was read');
    const judged = regions.map((region) => judgeRegion(region, surroundings));
    const wrong = judged.flatMap((each) => each.wrong);
    const unknown = judged.flatMap((each) => each.unknown);
    // One region is enough: AWS asks for IAM's global types in the home region only.
    if (judged.every(({ globals }) => globals === false)) {
      wrong.push({ text: 'IAM’s global resource types are recorded in none of the regions' });
    }
    return weigh(wrong, unknown, { text: `the resources are recorded in ${regions.join(', ')}` });
  },
});

interface Judged {
  readonly wrong: readonly Reason[];
  readonly unknown: readonly Reason[];
  /** Whether IAM's global types are recorded here; `undefined` when that is not known. */
  readonly globals: boolean | undefined;
}

function judgeRegion(region: string, surroundings: Surroundings): Judged {
  // Recorders that other services own record for these services only.
  const own = surroundings
    .list('AWS::Config::ConfigurationRecorder', region)
    .filter(({ configuration }) => configuration.servicePrincipal === undefined);
  const judged = own.map((recorder) => judgeRecorder(region, recorder));
  const good = judged.find(({ wrong, unknown }) => wrong.length === 0 && unknown.length === 0);
  if (good !== undefined) return good;
  const unread = surroundings.unread('AWS::Config::ConfigurationRecorder', region);
  if (unread !== undefined) return { wrong: [], unknown: [{ text: unread }], globals: undefined };
  return judged[0] ?? { wrong: [{ text: `${region}: AWS Config has no recorder` }], unknown: [], globals: false };
}

function judgeRecorder(region: string, { configuration }: Recorder): Judged {
  const wrong: Reason[] = [];
  const unknown: Reason[] = [];
  const say = (known: boolean | undefined, no: string, unclear: string): void => {
    if (known === false) wrong.push({ text: `${region}: ${no}` });
    else if (known === undefined) unknown.push({ text: `${region}: ${unclear}` });
  };
  const recording = asObject(configuration.Status)?.['recording'];
  say(typeof recording === 'boolean' ? recording : undefined, 'the recorder is stopped', 'its status was not read');
  const takesIn = recordingOf(configuration);
  const missing = takesIn?.missing ?? [];
  say(
    takesIn === undefined ? undefined : missing.length === 0,
    `the recorder leaves out ${missing.join(', ')}`,
    'what the recorder records was not read',
  );
  const role = usesServiceLinkedRole(configuration);
  say(role, 'the recorder does not use the role AWSServiceRoleForConfig', 'the recorder’s role was not read');
  const running = recording === true ? takesIn?.globals : recording === false ? false : undefined;
  return { wrong, unknown, globals: running };
}
