import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const key = (changed: Loose) => ({
  resources: [
    resource('AWS::KMS::Key', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd', {
      KeyId: '1234abcd',
      KeyManager: 'CUSTOMER',
      Origin: 'AWS_KMS',
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyRotationEnabled: true,
      ...changed,
    }),
  ],
});
const path = 'KeyRotationEnabled';
const off = { KeyRotationEnabled: false };

const cases: readonly Case[] = [
  { name: 'rotated', given: key({}), expect: 'PASSED', path },
  { name: 'not rotated', given: key(off), expect: 'FAILED', path },
  { name: 'rotation not read', given: key({ KeyRotationEnabled: undefined }), expect: 'NOT_AVAILABLE', path },
  { name: 'rotation as a text', given: key({ KeyRotationEnabled: 'no' }), expect: 'NOT_AVAILABLE', path },
  {
    name: 'the specification by its old name',
    given: key({ ...off, KeySpec: undefined, CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT' }),
    expect: 'FAILED',
    path,
  },
  { name: 'a key managed by AWS', given: key({ ...off, KeyManager: 'AWS' }), expect: undefined },
  { name: 'an asymmetric key', given: key({ ...off, KeySpec: 'RSA_2048' }), expect: undefined },
  { name: 'an HMAC key', given: key({ ...off, KeySpec: 'HMAC_256' }), expect: undefined },
  { name: 'imported key material', given: key({ ...off, Origin: 'EXTERNAL' }), expect: undefined },
  { name: 'a custom key store', given: key({ ...off, Origin: 'AWS_CLOUDHSM' }), expect: undefined },
  { name: 'a disabled key', given: key({ ...off, KeyState: 'Disabled' }), expect: undefined },
  { name: 'a key pending deletion', given: key({ ...off, KeyState: 'PendingDeletion' }), expect: undefined },
  {
    name: 'a key that does not say who manages it',
    given: key({ ...off, KeyManager: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'KeyManager',
  },
  {
    name: 'a key that does not say what it is',
    given: key({ KeySpec: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'KeySpec',
  },
];

specify(control, cases);
