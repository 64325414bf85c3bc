import { defineControl, type Reason } from '../../control.js';
import { mustBeTrue } from '../../must-be-true.js';
import { unclear, weigh } from '../../weigh.js';

/** Automatic rotation exists for keys like this only. */
const rotatable = { KeyManager: 'CUSTOMER', Origin: 'AWS_KMS', KeyState: 'Enabled' } as const;
const symmetric = 'SYMMETRIC_DEFAULT';

export const control = defineControl({
  id: 'KMS.4',
  title: 'AWS KMS key rotation should be enabled',
  description:
    'The key keeps the same key material for ever. With yearly rotation less data depends on any one key material, and data encrypted before stays readable.',
  severity: 'MEDIUM',
  resourceType: 'AWS::KMS::Key',
  standards: {
    cis: { '1.2': ['2.8'], '1.4': ['3.8'], '3.0': ['3.6'], '5.0': ['3.6'] },
    pci: { '3.2.1': ['3.6.4'], '4.0.1': ['3.7.4'] },
    nist80053: ['SC-12', 'SC-12(2)', 'SC-28(3)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-4',
  // A key that does not say what it is, is judged, so that it is reported.
  appliesTo: ({ configuration }) =>
    (configuration.KeyManager ?? rotatable.KeyManager) === rotatable.KeyManager &&
    (configuration.Origin ?? rotatable.Origin) === rotatable.Origin &&
    (configuration.KeyState ?? rotatable.KeyState) === rotatable.KeyState &&
    (configuration.KeySpec ?? configuration.CustomerMasterKeySpec ?? symmetric) === symmetric,
  evaluate: ({ configuration }) => {
    const unknown: Reason[] = Object.keys(rotatable)
      .filter((member) => configuration[member as keyof typeof rotatable] === undefined)
      .map((member) => unclear(member, undefined));
    if ((configuration.KeySpec ?? configuration.CustomerMasterKeySpec) === undefined)
      unknown.push(unclear('KeySpec', undefined));
    if (unknown.length > 0) return weigh([], unknown);
    return mustBeTrue('KeyRotationEnabled', configuration.KeyRotationEnabled, {
      yes: 'the key material is rotated automatically',
      no: 'the key material is never rotated',
    });
  },
});
