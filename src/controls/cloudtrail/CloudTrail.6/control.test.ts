import { ACCOUNT, type Case, gapOf, OTHER_ACCOUNT, resource, type Scene, specify } from '../../testing.fixture.js';
import { logBucket, ORGANIZATION_TRAIL_ARN, trail } from '../trail.fixture.js';
import { control } from './control.js';

const ownersGrant = { Grantee: { ID: 'owner', Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' };
const publicGrant = {
  Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers', Type: 'Group' },
  Permission: 'READ',
};
const closed = {
  PublicAccessBlockConfiguration: null,
  Policy: null,
  PolicyStatus: null,
  Acl: { Grants: [ownersGrant] },
};
const open = { ...closed, Acl: { Grants: [ownersGrant, publicGrant] } };
const settings = (on: boolean, accountId = ACCOUNT) =>
  resource(
    'Hikeshi::S3::AccountPublicAccessBlock',
    `arn:aws:s3::${accountId}:account-public-access-block`,
    { PublicAccessBlockConfiguration: { IgnorePublicAcls: on, RestrictPublicBuckets: on } },
    { accountId, region: 'global' },
  );
const scene = (...resources: Scene['resources'][number][]): Scene => ({ resources: [trail(), ...resources] });
const elsewhere = { accountId: OTHER_ACCOUNT };

const cases: readonly Case[] = [
  {
    name: 'a private bucket',
    given: scene(logBucket(closed), settings(false)),
    expect: 'PASSED',
    path: 'S3BucketName',
  },
  {
    name: 'a public grant',
    given: scene(logBucket(open), settings(false)),
    expect: 'FAILED',
    says: 'arn:aws:s3:::trail-logs grants READ to everyone',
  },
  {
    name: 'a public policy',
    given: scene(logBucket({ ...closed, Policy: '{}', PolicyStatus: { IsPublic: true } }), settings(false)),
    expect: 'FAILED',
    says: 'the policy of arn:aws:s3:::trail-logs is public',
  },
  { name: 'a public grant that the account ignores', given: scene(logBucket(open), settings(true)), expect: 'PASSED' },
  { name: 'a public grant, the account’s settings not read', given: scene(logBucket(open)), expect: 'NOT_AVAILABLE' },
  { name: 'another account’s private bucket', given: scene(logBucket(closed, elsewhere)), expect: 'PASSED' },
  {
    name: 'another account’s bucket, which its account protects',
    given: scene(logBucket(open, elsewhere), settings(true, OTHER_ACCOUNT)),
    expect: 'PASSED',
  },
  {
    name: 'another account’s bucket, which only the trail’s account would protect',
    given: scene(logBucket(open, elsewhere), settings(true), settings(false, OTHER_ACCOUNT)),
    expect: 'FAILED',
  },
  {
    name: 'a bucket that is not in the estate',
    given: scene(),
    expect: 'NOT_AVAILABLE',
    path: 'S3BucketName',
    says: 'trail-logs',
  },
  {
    name: 'buckets not readable',
    given: { ...scene(), gaps: [gapOf(['AWS::S3::Bucket'], 'global')] },
    expect: 'NOT_AVAILABLE',
    says: 'AccessDenied',
  },
  {
    name: 'a bucket in China',
    given: {
      partition: 'aws-cn',
      resources: [trail(), resource('AWS::S3::Bucket', 'arn:aws-cn:s3:::trail-logs', closed)],
    },
    expect: 'PASSED',
  },
  {
    name: 'no bucket name',
    given: { resources: [trail({ S3BucketName: undefined })] },
    expect: 'NOT_AVAILABLE',
    path: 'S3BucketName',
  },
  {
    name: 'another account’s organization trail',
    given: { resources: [trail({}, {}, ORGANIZATION_TRAIL_ARN), logBucket(open)] },
    expect: undefined,
  },
];

specify(control, cases);
