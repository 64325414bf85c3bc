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
const path = 'PasswordPolicy.MinimumPasswordLength';

const cases: readonly Case[] = [
  { name: 'MinimumPasswordLength 14', given: policy({ MinimumPasswordLength: 14 }), expect: 'PASSED', path },
  { name: 'MinimumPasswordLength 128', given: policy({ MinimumPasswordLength: 128 }), expect: 'PASSED', path },
  { name: 'MinimumPasswordLength 13', given: policy({ MinimumPasswordLength: 13 }), expect: 'FAILED', path },
  { name: 'MinimumPasswordLength 6', given: policy({ MinimumPasswordLength: 6 }), expect: 'FAILED', path },
  { name: 'not set', given: policy({}), expect: 'FAILED', path },
  { name: 'no policy at all', given: policy(null), expect: 'FAILED', path: 'PasswordPolicy' },
  { name: 'policy not read', given: account({}), expect: 'NOT_AVAILABLE', path: 'PasswordPolicy' },
  {
    name: 'a policy that is a text',
    given: account({ PasswordPolicy: 'strong' }),
    expect: 'NOT_AVAILABLE',
    path: 'PasswordPolicy',
  },
  { name: 'a member that is a text', given: policy({ MinimumPasswordLength: 'yes' }), expect: 'NOT_AVAILABLE', path },
  { name: 'a member that is null', given: policy({ MinimumPasswordLength: null }), expect: 'NOT_AVAILABLE', path },
];

specify(control, cases);
