import { type Case, type Loose, OTHER_ACCOUNT, specify } from '../../testing.fixture.js';
import { logBucket, ORGANIZATION_TRAIL_ARN, trail } from '../trail.fixture.js';
import { control } from './control.js';

const bucket = (configuration: Loose) => ({ resources: [trail(), logBucket(configuration)] });
const logged = { LoggingEnabled: { TargetBucket: 'access-logs', TargetPrefix: 'trail-logs/' } };

const cases: readonly Case[] = [
  { name: 'access is logged', given: bucket(logged), expect: 'PASSED', says: 'logged to access-logs' },
  {
    name: 'access is not logged',
    given: bucket({ LoggingEnabled: null }),
    expect: 'FAILED',
    path: 'S3BucketName',
    says: 'arn:aws:s3:::trail-logs',
  },
  {
    name: 'another account’s bucket',
    given: { resources: [trail(), logBucket(logged, { accountId: OTHER_ACCOUNT })] },
    expect: 'PASSED',
  },
  { name: 'logging not read', given: bucket({}), expect: 'NOT_AVAILABLE', says: 'LoggingEnabled' },
  { name: 'logging to nowhere', given: bucket({ LoggingEnabled: {} }), expect: 'NOT_AVAILABLE' },
  { name: 'logging that is a text', given: bucket({ LoggingEnabled: 'on' }), expect: 'NOT_AVAILABLE' },
  {
    name: 'a bucket that is not in the estate',
    given: { resources: [trail()] },
    expect: 'NOT_AVAILABLE',
    path: 'S3BucketName',
  },
  {
    name: 'another account’s organization trail',
    given: { resources: [trail({}, {}, ORGANIZATION_TRAIL_ARN), logBucket({ LoggingEnabled: null })] },
    expect: undefined,
  },
];

specify(control, cases);
