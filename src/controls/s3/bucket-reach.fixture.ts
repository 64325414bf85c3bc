import { ACCOUNT, type Case, type Loose, resource, type Scene } from '../testing.fixture.js';

const ARN = 'arn:aws:s3:::photos';
const open = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const own = { Grantee: { ID: 'a'.repeat(64), Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' };
const quiet = {
  Name: 'photos',
  PublicAccessBlockConfiguration: null,
  Policy: null,
  PolicyStatus: null,
  Acl: { Grants: [own] },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
};

/** The bucket and its account’s settings, of which there are none unless told. */
function scene(bucket: Loose, account: Loose | 'not read' = null): Scene {
  const settings = { PublicAccessBlockConfiguration: account };
  const arn = `arn:aws:s3::${ACCOUNT}:account-public-access-block`;
  const type = 'Hikeshi::S3::AccountPublicAccessBlock' as const;
  const own = resource('AWS::S3::Bucket', ARN, { ...quiet, ...bucket });
  return { resources: account === 'not read' ? [own] : [own, resource(type, arn, settings, { region: 'global' })] };
}

const policy = (...Statement: readonly object[]) => ({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
const grants = (group: string, Permission: string) => {
  const URI = `http://acs.amazonaws.com/groups/${group}`;
  return { Acl: { Grants: [own, { Grantee: { Type: 'Group', URI }, Permission }] } };
};

/** What reading and writing have in common, as cases of either control. */
export function bucketCases(of: {
  readonly action: string;
  readonly otherAction: string;
  readonly permission: string;
  readonly otherPermission: string;
}): Case[] {
  return [...policyCases(of), ...conditionCases(of), ...aclCases(of), ...unreadCases(of)];
}

function allow(Action: unknown, more: object = {}): object {
  return { Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action, Resource: [ARN, `${ARN}/*`], ...more };
}

function policyCases({ action, otherAction }: { readonly action: string; readonly otherAction: string }): Case[] {
  const everyone = policy(allow(action));
  const path = 'Policy.Statement[0]';
  const off = (name: string) => ({ ...open, [name]: true });
  return [
    { name: 'no policy and the owner’s grant', given: scene({}), expect: 'PASSED', says: 'no stranger' },
    { name: 'everyone', given: scene(everyone), expect: 'FAILED', path, says: `anonymous may ${action} on ${ARN}` },
    { name: 'the other access only', given: scene(policy(allow(otherAction))), expect: 'PASSED' },
    { name: 'every action', given: scene(policy(allow('s3:*'))), expect: 'FAILED', path },
    {
      name: 'all but one action',
      given: scene(policy({ ...allow('x'), Action: undefined, NotAction: 's3:X' })),
      expect: 'FAILED',
    },
    {
      name: 'everyone as an AWS principal',
      given: scene(policy(allow(action, { Principal: { AWS: '*' } }))),
      expect: 'FAILED',
    },
    {
      name: 'everyone but one',
      given: scene(policy({ ...allow(action), Principal: undefined, NotPrincipal: { AWS: ACCOUNT } })),
      expect: 'FAILED',
    },
    {
      name: 'a named account',
      given: scene(policy(allow(action, { Principal: { AWS: '444455556666' } }))),
      expect: 'PASSED',
    },
    {
      name: 'the second statement',
      given: scene(policy(allow(otherAction), allow(action))),
      expect: 'FAILED',
      path: 'Policy.Statement[1]',
    },
    {
      name: 'a bucket that restricts',
      given: scene({ ...everyone, PublicAccessBlockConfiguration: off('RestrictPublicBuckets') }),
      expect: 'PASSED',
    },
    { name: 'an account that restricts', given: scene(everyone, off('RestrictPublicBuckets')), expect: 'PASSED' },
    {
      name: 'settings that only refuse new policies',
      given: scene(everyone, off('BlockPublicPolicy')),
      expect: 'FAILED',
    },
    { name: 'settings about ACLs', given: scene(everyone, off('IgnorePublicAcls')), expect: 'FAILED' },
    {
      name: 'settings that are the account’s and not read',
      given: scene(everyone, 'not read'),
      expect: 'NOT_AVAILABLE',
      says: 'unless',
    },
    {
      name: 'settings that are the bucket’s and not read',
      given: scene({ ...everyone, PublicAccessBlockConfiguration: undefined }),
      expect: 'NOT_AVAILABLE',
    },
  ];
}

function conditionCases({ action }: { readonly action: string }): Case[] {
  const when = (Condition: object) => scene(policy(allow(action, { Condition })));
  const deny = (more: object) => ({ ...allow(action), Sid: 'Outside', Effect: 'Deny', ...more });
  const outside = { Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
  return [
    { name: 'the organization', given: when({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }), expect: 'PASSED' },
    { name: 'any organization', given: when({ StringLike: { 'aws:PrincipalOrgID': '*' } }), expect: 'FAILED' },
    { name: 'an endpoint', given: when({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }), expect: 'PASSED' },
    {
      name: 'an endpoint, if there is one',
      given: when({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }),
      expect: 'FAILED',
    },
    { name: 'a source account', given: when({ StringEquals: { 'aws:SourceAccount': ACCOUNT } }), expect: 'PASSED' },
    { name: 'an office', given: when({ IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } }), expect: 'PASSED' },
    { name: 'half the internet', given: when({ IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } }), expect: 'FAILED' },
    {
      name: 'a header that anyone can send',
      given: when({ StringEquals: { 'aws:Referer': 'https://example.com' } }),
      expect: 'FAILED',
      says: 'aws:referer=',
    },
    {
      name: 'a condition whose meaning AWS leaves open',
      given: when({ StringEquals: { 'aws:CalledVia': 'x' }, 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'y' } }),
      expect: 'NOT_AVAILABLE',
      says: 'not decided',
    },
    { name: 'encryption in transit', given: when({ Bool: { 'aws:SecureTransport': 'true' } }), expect: 'FAILED' },
    { name: 'a deny of everyone outside', given: scene(policy(allow(action), deny(outside))), expect: 'PASSED' },
    {
      name: 'a deny of everyone outside, for other actions',
      given: scene(policy(allow(action), deny({ ...outside, Action: 's3:PutLifecycleConfiguration' }))),
      expect: 'FAILED',
    },
    {
      name: 'a deny of the objects alone',
      given: scene(policy(allow('s3:*'), deny({ ...outside, Action: 's3:*', Resource: `${ARN}/*` }))),
      expect: 'FAILED',
    },
  ];
}

function aclCases({
  permission,
  otherPermission,
}: {
  readonly permission: string;
  readonly otherPermission: string;
}): Case[] {
  const everyone = grants('global/AllUsers', permission);
  const path = 'Acl.Grants[1]';
  return [
    {
      name: 'an ACL for everyone',
      given: scene(everyone),
      expect: 'FAILED',
      path,
      says: `gives ${permission} to everyone`,
    },
    {
      name: 'an ACL for all with an account',
      given: scene(grants('global/AuthenticatedUsers', permission)),
      expect: 'FAILED',
      path,
    },
    { name: 'an ACL of all permissions', given: scene(grants('global/AllUsers', 'FULL_CONTROL')), expect: 'FAILED' },
    {
      name: 'an ACL of the other permission',
      given: scene(grants('global/AllUsers', otherPermission)),
      expect: 'PASSED',
    },
    { name: 'an ACL for log delivery', given: scene(grants('s3/LogDelivery', permission)), expect: 'PASSED' },
    {
      name: 'an ACL that the bucket ignores',
      given: scene({ ...everyone, PublicAccessBlockConfiguration: { IgnorePublicAcls: true } }),
      expect: 'PASSED',
    },
    {
      name: 'an ACL that the account ignores',
      given: scene(everyone, { ...open, IgnorePublicAcls: true }),
      expect: 'PASSED',
    },
    {
      name: 'an ACL where ACLs are disabled',
      given: scene({ ...everyone, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }),
      expect: 'PASSED',
    },
    {
      name: 'an ACL, the account’s settings not read',
      given: scene(everyone, 'not read'),
      expect: 'NOT_AVAILABLE',
      path,
    },
  ];
}

function unreadCases({ action, permission }: { readonly action: string; readonly permission: string }): Case[] {
  const blocked = { ...open, RestrictPublicBuckets: true, IgnorePublicAcls: true };
  return [
    {
      name: 'a policy that was not read',
      given: scene({ Policy: undefined, PolicyStatus: undefined }),
      expect: 'NOT_AVAILABLE',
      path: 'Policy',
      says: 'was not read',
    },
    { name: 'the same, where S3 says that there is none', given: scene({ Policy: undefined }), expect: 'PASSED' },
    {
      name: 'a policy that is not JSON',
      given: scene({ Policy: '{"Statement":' }),
      expect: 'NOT_AVAILABLE',
      path: 'Policy',
      says: 'cannot be read',
    },
    { name: 'a policy of 5 MB', given: scene({ Policy: 'x'.repeat(5_000_000) }), expect: 'NOT_AVAILABLE' },
    {
      name: 'a policy that is an object',
      given: scene({ Policy: {} }),
      expect: 'NOT_AVAILABLE',
      says: 'not a document',
    },
    {
      name: 'a policy that is not JSON, where strangers are blocked',
      given: scene({ Policy: '{' }, blocked),
      expect: 'PASSED',
    },
    {
      name: 'a policy that is not JSON, and an open ACL',
      given: scene({ Policy: '{', ...grants('global/AllUsers', permission) }),
      expect: 'FAILED',
    },
    { name: 'an ACL that was not read', given: scene({ Acl: undefined }), expect: 'NOT_AVAILABLE', path: 'Acl.Grants' },
    {
      name: 'an ACL that was not read, and an open policy',
      given: scene({ Acl: undefined, ...policy(allow(action)) }),
      expect: 'FAILED',
    },
    { name: 'a grant that is null', given: scene({ Acl: { Grants: [null] } }), expect: 'NOT_AVAILABLE' },
    {
      name: 'a grantee that is a number',
      given: scene({ Acl: { Grants: [{ Grantee: { URI: 1 } }] } }),
      expect: 'NOT_AVAILABLE',
    },
  ];
}
