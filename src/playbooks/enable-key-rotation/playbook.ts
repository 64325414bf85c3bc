import { apiCall } from '../../reference/api-call.js';
import { is, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';

export const playbook: Playbook = {
  id: 'enable-key-rotation',
  title: 'Rotate a KMS key every year',
  description:
    'Switches automatic rotation on, with KMS’s period of 365 days. The key id, its aliases and everything encrypted with it stay as they are; old material stays for decryption.',
  controls: ['KMS.4'],
  risk: 'S',
  calls: ['kms:GetKeyRotationStatus', 'kms:EnableKeyRotation', 'kms:DisableKeyRotation'],
  plan(subject, estate) {
    const key = estate.get('AWS::KMS::Key', subject.resourceArn, subject.accountId);
    if (key === undefined) return notFound(subject);
    const { KeyRotationEnabled, KeyId, KeyState } = key.configuration;
    if (KeyRotationEnabled === undefined || KeyId === undefined) return notRead('its rotation status');
    if (KeyRotationEnabled) return refuse('it rotates already', 'scan again');
    if (KeyState !== 'Enabled') return refuse(`the key is ${KeyState}`, 'enable the key first, or let it go');
    const read = apiCall('kms', 'GetKeyRotationStatus', subject, { KeyId });
    const step = {
      id: 'enable',
      title: `rotate key ${KeyId} every 365 days`,
      call: apiCall('kms', 'EnableKeyRotation', subject, { KeyId }),
      before: [is(read, 'KeyRotationEnabled', false)],
      after: [is(read, 'KeyRotationEnabled', true)],
      undo: [apiCall('kms', 'DisableKeyRotation', subject, { KeyId })],
    };
    return planOf(playbook, subject, [step], {
      warnings: [{ code: 'cost', text: 'each of the first two rotations adds the price of one key a month' }],
    });
  },
};
