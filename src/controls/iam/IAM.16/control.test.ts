import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const account = (configuration: Loose) => ({
  resources: [
    resource(
      'Hikeshi::IAM::AccountPasswordPolicy',
      'arn:aws:iam::111122223333:account-password-policy',
      configuration,
      { region: 'global' },
    ),
  ],
});
const policy = (PasswordPolicy: Loose) => account({ PasswordPolicy });
const path = 'PasswordPolicy.PasswordReusePrevention';

const cases: readonly Case[] = [
  { name: 'PasswordReusePrevention 24', given: policy({ PasswordReusePrevention: 24 }), expect: 'PASSED', path },
  { name: 'PasswordReusePrevention 23', given: policy({ PasswordReusePrevention: 23 }), expect: 'FAILED', path },
  { name: 'PasswordReusePrevention 1', given: policy({ PasswordReusePrevention: 1 }), expect: 'FAILED', path },
  { name: 'PasswordReusePrevention 0', given: policy({ PasswordReusePrevention: 0 }), expect: 'FAILED', path },
  { name: 'not set', given: policy({}), expect: 'FAILED', path },
  { name: 'no policy at all', given: policy(null), expect: 'FAILED', path: 'PasswordPolicy' },
  { name: 'policy not read', given: account({}), expect: 'NOT_AVAILABLE', path: 'PasswordPolicy' },
  {
    name: 'a policy that is a text',
    given: account({ PasswordPolicy: 'strong' }),
    expect: 'NOT_AVAILABLE',
    path: 'PasswordPolicy',
  },
  { name: 'a member that is a text', given: policy({ PasswordReusePrevention: 'yes' }), expect: 'NOT_AVAILABLE', path },
  { name: 'a member that is null', given: policy({ PasswordReusePrevention: null }), expect: 'NOT_AVAILABLE', path },
];

specify(control, cases);
