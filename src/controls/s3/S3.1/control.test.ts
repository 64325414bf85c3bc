import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const subject = (configuration: Loose) => ({
  resources: [
    resource(
      'Hikeshi::S3::AccountPublicAccessBlock',
      'arn:aws:s3::111122223333:account-public-access-block',
      configuration,
      { region: 'global' },
    ),
  ],
});
const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const settings = (changed: Loose) => subject({ PublicAccessBlockConfiguration: { ...on, ...changed } });
const path = 'PublicAccessBlockConfiguration';

const cases: readonly Case[] = [
  { name: 'all four on', given: settings({}), expect: 'PASSED', path, says: 'the account' },
  {
    name: 'BlockPublicAcls off',
    given: settings({ BlockPublicAcls: false }),
    expect: 'FAILED',
    path: `${path}.BlockPublicAcls`,
  },
  {
    name: 'IgnorePublicAcls off',
    given: settings({ IgnorePublicAcls: false }),
    expect: 'FAILED',
    path: `${path}.IgnorePublicAcls`,
  },
  {
    name: 'BlockPublicPolicy off',
    given: settings({ BlockPublicPolicy: false }),
    expect: 'FAILED',
    path: `${path}.BlockPublicPolicy`,
  },
  {
    name: 'RestrictPublicBuckets not set',
    given: settings({ RestrictPublicBuckets: undefined }),
    expect: 'FAILED',
    path: `${path}.RestrictPublicBuckets`,
    says: 'not set',
  },
  { name: 'no settings', given: subject({ PublicAccessBlockConfiguration: null }), expect: 'FAILED', path },
  { name: 'settings not read', given: subject({}), expect: 'NOT_AVAILABLE', path },
  {
    name: 'a setting that is a text',
    given: settings({ BlockPublicAcls: 'true' }),
    expect: 'NOT_AVAILABLE',
    path: `${path}.BlockPublicAcls`,
  },
  {
    name: 'an unclear setting beside one that is off',
    given: settings({ BlockPublicAcls: 'true', IgnorePublicAcls: false }),
    expect: 'FAILED',
    path: `${path}.IgnorePublicAcls`,
  },
  {
    name: 'settings that are a list',
    given: subject({ PublicAccessBlockConfiguration: [on] }),
    expect: 'NOT_AVAILABLE',
    path,
  },
];

specify(control, cases);
