import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Loose, resource } from '../testing.fixture.js';
import { publicAccess } from './public-access.js';

const group = (name: string) => `http://acs.amazonaws.com/groups/global/${name}`;
const grants = (...URIs: (string | undefined)[]) => ({
  Acl: {
    Grants: URIs.map((URI) => ({
      Grantee: URI === undefined ? { ID: 'owner', Type: 'CanonicalUser' } : { URI, Type: 'Group' },
      Permission: 'READ',
    })),
  },
});
const blocked = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const open = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const quiet = { PublicAccessBlockConfiguration: null, Policy: null, PolicyStatus: null, ...grants(undefined) };
const publicPolicy = { Policy: '{"Statement":[]}', PolicyStatus: { IsPublic: true } };
const privatePolicy = { Policy: '{"Statement":[]}', PolicyStatus: { IsPublic: false } };

/** `account`: the account's settings, `null` for none, `undefined` when they were not read. */
const access = (bucket: Loose, account?: Loose) => {
  const where = { region: 'global' };
  const arn = `arn:aws:s3::${ACCOUNT}:account-public-access-block`;
  const settings =
    account === undefined
      ? undefined
      : resource('Hikeshi::S3::AccountPublicAccessBlock', arn, { PublicAccessBlockConfiguration: account }, where);
  const found = publicAccess(resource('AWS::S3::Bucket', 'arn:aws:s3:::b', { ...quiet, ...bucket }), settings);
  return { open: found.open.length, unknown: found.unknown.length };
};
const closed = { open: 0, unknown: 0 };
const opened = { open: 1, unknown: 0 };
const unclear = { open: 0, unknown: 1 };

const cases: readonly { name: string; bucket: Loose; account?: Loose; is: { open: number; unknown: number } }[] = [
  { name: 'the owner’s grant, no policy', bucket: {}, account: null, is: closed },
  { name: 'the same, with the account’s settings not read', bucket: {}, is: closed },
  { name: 'a grant to everyone', bucket: grants(undefined, group('AllUsers')), account: null, is: opened },
  {
    name: 'a grant to anyone with an AWS account',
    bucket: grants(group('AuthenticatedUsers')),
    account: open,
    is: opened,
  },
  {
    name: 'a grant to the log delivery group',
    bucket: grants('http://acs.amazonaws.com/groups/s3/LogDelivery'),
    account: null,
    is: closed,
  },
  {
    name: 'a public grant that the bucket ignores',
    bucket: { ...grants(group('AllUsers')), PublicAccessBlockConfiguration: blocked },
    is: closed,
  },
  { name: 'a public grant that the account ignores', bucket: grants(group('AllUsers')), account: blocked, is: closed },
  {
    name: 'a public grant, where only new ones are refused',
    bucket: { ...grants(group('AllUsers')), PublicAccessBlockConfiguration: { ...open, BlockPublicAcls: true } },
    account: null,
    is: opened,
  },
  { name: 'a public grant, the account’s settings not read', bucket: grants(group('AllUsers')), is: unclear },
  {
    name: 'a public grant, the bucket’s settings not read',
    bucket: { ...grants(group('AllUsers')), PublicAccessBlockConfiguration: undefined },
    account: open,
    is: unclear,
  },
  { name: 'a public policy', bucket: publicPolicy, account: open, is: opened },
  { name: 'a public policy that the account restricts', bucket: publicPolicy, account: blocked, is: closed },
  {
    name: 'a public policy that the bucket restricts',
    bucket: { ...publicPolicy, PublicAccessBlockConfiguration: blocked },
    is: closed,
  },
  {
    name: 'a public policy, where public ACLs are ignored',
    bucket: publicPolicy,
    account: { ...open, IgnorePublicAcls: true },
    is: opened,
  },
  {
    name: 'a public policy, where only new ones are refused',
    bucket: publicPolicy,
    account: { ...open, BlockPublicPolicy: true },
    is: opened,
  },
  {
    name: 'a public policy, where public buckets alone are restricted',
    bucket: publicPolicy,
    account: { ...open, RestrictPublicBuckets: true },
    is: closed,
  },
  { name: 'a policy that is not public', bucket: privatePolicy, account: null, is: closed },
  {
    name: 'a public policy and a public grant',
    bucket: { ...publicPolicy, ...grants(group('AllUsers')) },
    account: null,
    is: { open: 2, unknown: 0 },
  },
  { name: 'an access control list that was not read', bucket: { Acl: undefined }, account: null, is: unclear },
  {
    name: 'the same, on a bucket that ignores public ones',
    bucket: { Acl: undefined, PublicAccessBlockConfiguration: blocked },
    is: closed,
  },
  {
    name: 'a policy whose status was not read',
    bucket: { Policy: '{}', PolicyStatus: undefined },
    account: null,
    is: unclear,
  },
  {
    name: 'a policy and its status not read',
    bucket: { Policy: undefined, PolicyStatus: undefined },
    account: null,
    is: unclear,
  },
  {
    name: 'no policy, by its status alone',
    bucket: { Policy: undefined, PolicyStatus: null },
    account: null,
    is: closed,
  },
  {
    name: 'a policy that is not JSON',
    bucket: { Policy: '{"Statement":', PolicyStatus: { IsPublic: false } },
    account: null,
    is: unclear,
  },
  {
    name: 'a policy of 5 MB that is not JSON',
    bucket: { Policy: 'x'.repeat(5_000_000), PolicyStatus: { IsPublic: false } },
    account: null,
    is: unclear,
  },
  { name: 'a grant that is null', bucket: { Acl: { Grants: [null] } }, account: null, is: unclear },
  {
    name: 'a grantee whose URI is a number',
    bucket: { Acl: { Grants: [{ Grantee: { URI: 1 } }] } },
    account: null,
    is: unclear,
  },
  {
    name: 'settings that are texts',
    bucket: { ...grants(group('AllUsers')), PublicAccessBlockConfiguration: { IgnorePublicAcls: 'true' } },
    account: null,
    is: unclear,
  },
];

describe('whether the world can reach a bucket', () => {
  it.each(cases)('$name', ({ bucket, account, is }) => {
    expect(access(bucket, account)).toEqual(is);
  });
});
