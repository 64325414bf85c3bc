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
const path = 'PasswordPolicy.MaxPasswordAge';

const cases: readonly Case[] = [
  { name: 'MaxPasswordAge 90', given: policy({ MaxPasswordAge: 90 }), expect: 'PASSED', path },
  { name: 'MaxPasswordAge 1', given: policy({ MaxPasswordAge: 1 }), expect: 'PASSED', path },
  { name: 'MaxPasswordAge 91', given: policy({ MaxPasswordAge: 91 }), expect: 'FAILED', path },
  { name: 'MaxPasswordAge 0', given: policy({ MaxPasswordAge: 0 }), expect: 'FAILED', path },
  { name: 'not set', given: policy({}), expect: 'FAILED', path },
  { name: 'no policy at all', given: policy(null), expect: 'FAILED', path: 'PasswordPolicy' },
  { name: 'policy not read', given: account({}), expect: 'NOT_AVAILABLE', path: 'PasswordPolicy' },
  {
    name: 'a policy that is a text',
    given: account({ PasswordPolicy: 'strong' }),
    expect: 'NOT_AVAILABLE',
    path: 'PasswordPolicy',
  },
  { name: 'a member that is a text', given: policy({ MaxPasswordAge: 'yes' }), expect: 'NOT_AVAILABLE', path },
  { name: 'a member that is null', given: policy({ MaxPasswordAge: null }), expect: 'NOT_AVAILABLE', path },
];

specify(control, cases);
