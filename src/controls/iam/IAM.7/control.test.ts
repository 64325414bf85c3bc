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
const strong = {
  MinimumPasswordLength: 8,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
};
const policy = (changed: Loose) => account({ PasswordPolicy: { ...strong, ...changed } });

const cases: readonly Case[] = [
  { name: 'a strong policy', given: policy({}), expect: 'PASSED', path: 'PasswordPolicy.MinimumPasswordLength' },
  {
    name: 'passwords that never expire and may be reused',
    given: policy({ ExpirePasswords: false }),
    expect: 'PASSED',
  },
  {
    name: '7 characters',
    given: policy({ MinimumPasswordLength: 7 }),
    expect: 'FAILED',
    path: 'PasswordPolicy.MinimumPasswordLength',
  },
  {
    name: 'no symbols',
    given: policy({ RequireSymbols: false }),
    expect: 'FAILED',
    path: 'PasswordPolicy.RequireSymbols',
  },
  {
    name: 'no numbers',
    given: policy({ RequireNumbers: false }),
    expect: 'FAILED',
    path: 'PasswordPolicy.RequireNumbers',
  },
  {
    name: 'no upper case',
    given: policy({ RequireUppercaseCharacters: false }),
    expect: 'FAILED',
    path: 'PasswordPolicy.RequireUppercaseCharacters',
  },
  {
    name: 'no lower case',
    given: policy({ RequireLowercaseCharacters: undefined }),
    expect: 'FAILED',
    path: 'PasswordPolicy.RequireLowercaseCharacters',
  },
  {
    name: 'no policy at all',
    given: account({ PasswordPolicy: null }),
    expect: 'FAILED',
    path: 'PasswordPolicy',
    says: 'default',
  },
  { name: 'policy not read', given: account({}), expect: 'NOT_AVAILABLE', path: 'PasswordPolicy' },
  {
    name: 'a length that is a text',
    given: policy({ MinimumPasswordLength: '14' }),
    expect: 'NOT_AVAILABLE',
    path: 'PasswordPolicy.MinimumPasswordLength',
  },
  {
    name: 'an unclear member beside a weak one',
    given: policy({ MinimumPasswordLength: '14', RequireSymbols: false }),
    expect: 'FAILED',
    path: 'PasswordPolicy.RequireSymbols',
  },
];

specify(control, cases);
