import { defineControl } from '../../control.js';
import { mustBeTrue } from '../../must-be-true.js';
import { isOwnTrailAtHome } from '../ownership.js';

export const control = defineControl({
  id: 'CloudTrail.4',
  title: 'CloudTrail log file validation should be enabled',
  description:
    'The trail delivers no signed digests of its log files. A log that was changed or removed after delivery cannot be told from a true one, which an investigation or an auditor must be able to do.',
  severity: 'LOW',
  resourceType: 'AWS::CloudTrail::Trail',
  standards: {
    cis: { '1.2': ['2.2'], '1.4': ['3.2'], '3.0': ['3.2'], '5.0': ['3.2'] },
    fsbp: true,
    pci: { '3.2.1': ['10.5.2', '10.5.5'], '4.0.1': ['10.3.2'] },
    nist80053: ['AU-9', 'SI-4', 'SI-7(1)', 'SI-7(3)', 'SI-7(7)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-4',
  appliesTo: isOwnTrailAtHome,
  evaluate: ({ configuration }) =>
    mustBeTrue('LogFileValidationEnabled', configuration.LogFileValidationEnabled, {
      yes: 'signed digests are delivered',
      no: 'no signed digests are delivered',
    }),
});
