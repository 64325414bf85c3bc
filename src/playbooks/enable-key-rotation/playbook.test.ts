import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/k-1`;
const key = (given: object) =>
  resource('AWS::KMS::Key', arn, {
    KeyId: 'k-1',
    Arn: arn,
    AWSAccountId: ACCOUNT,
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    Origin: 'AWS_KMS',
    KeyState: 'Enabled',
    KeyRotationEnabled: false,
    ...given,
  });

describe('key rotation', () => {
  it('is switched on, and off again by the undo', async () => {
    const result = await rehearsed(playbook, subjectOf('KMS.4', key({})), {}, estateOf(key({})));
    expect(result).toMatchObject({ rehearsal: { summary: { closes: true, undo: { status: 'restores' } } } });
  });

  it.each([
    { name: 'a key that rotates', subject: key({ KeyRotationEnabled: true }) },
    { name: 'a disabled key', subject: key({ KeyState: 'Disabled' }) },
    { name: 'a key whose status was not read', subject: key({ KeyRotationEnabled: undefined }) },
  ])('refuses $name', async ({ subject }) => {
    const result = await rehearsed(playbook, subjectOf('KMS.4', subject), {}, estateOf(subject));
    expect((result as { plan?: Plan }).plan).toBeUndefined();
  });
});
