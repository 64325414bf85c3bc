import { describe, expect, it, test } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Resource } from '../../estate/estate.js';
import { estateExternalAccess } from '../questions/estate-access.js';

const ACCOUNT = '111122223333';
const STRANGER = '999900001111';
const ORGANIZATION = 'o-edoya00001';
const header = demoOrganization({ accounts: 3, now: new Date('2026-06-01T00:00:00.000Z') }).header;
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

function resource(type: string, arn: string, configuration: object): Resource {
  return { type, arn, accountId: ACCOUNT, region: 'eu-west-1', configuration } as never;
}

/** Who gets in from outside, and whether that is the public. */
function waysIn(resources: readonly Resource[], accountId?: string): string[] {
  const accounts = [{ ...header.accounts[0]!, accountId: ACCOUNT }];
  const estate = new MemoryEstate({ ...header, accounts, organizationId: ORGANIZATION }, resources);
  const { findings, undetermined, unreadable } = estateExternalAccess(
    estate,
    accountId === undefined ? {} : { accountId },
  );
  expect([undetermined, unreadable]).toEqual([[], []]);
  return findings.map(({ principal, isPublic, condition }) =>
    [isPublic ? 'public' : principal.value, ...Object.values(condition).flat()].join(' '),
  );
}

const anyone = (Resource: string, Action: string, Principal: unknown = '*') =>
  policy({ Effect: 'Allow', Principal, Action, Resource });
const BLOCK = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const blocked = resource('Hikeshi::S3::AccountPublicAccessBlock', `arn:aws:s3:::account/${ACCOUNT}`, {
  PublicAccessBlockConfiguration: BLOCK,
});
const URI = 'http://acs.amazonaws.com/groups/global';

describe('what shares an S3 bucket', () => {
  const arn = 'arn:aws:s3:::data';
  const bucket = (more: object) => resource('AWS::S3::Bucket', arn, { Name: 'data', ...more });
  const Owner = { ID: 'a'.repeat(64) };
  const acl = (Grantee: object, Permission = 'READ') => ({ Acl: { Owner, Grants: [{ Grantee, Permission }] } });
  const everyone = acl({ Type: 'Group', URI: `${URI}/AllUsers` });

  test.each<[string, object, string[]]>([
    ['a policy for everyone', { Policy: anyone(`${arn}/*`, 's3:GetObject') }, ['public']],
    ['a policy for one account', { Policy: anyone(`${arn}/*`, 's3:GetObject', { AWS: STRANGER }) }, [STRANGER]],
    ['an ACL for everyone', everyone, ['public']],
    ['an ACL for everyone with an account', acl({ Type: 'Group', URI: `${URI}/AuthenticatedUsers` }), ['public false']],
    ['an ACL for a canonical user', acl({ Type: 'CanonicalUser', ID: 'b'.repeat(64) }), ['b'.repeat(64)]],
    ['an ACL for its owner', acl({ Type: 'CanonicalUser', ID: Owner.ID }), []],
    [
      'an ACL where ACLs are disabled',
      { ...everyone, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
      [],
    ],
    ['an ACL under a block of its own', { ...everyone, PublicAccessBlockConfiguration: BLOCK }, []],
    [
      'a public policy under a block of its own',
      { Policy: anyone(`${arn}/*`, 's3:GetObject'), PublicAccessBlockConfiguration: BLOCK },
      [],
    ],
    [
      'a policy for one account under a block, which is not public',
      { Policy: anyone(`${arn}/*`, 's3:GetObject', { AWS: STRANGER }), PublicAccessBlockConfiguration: BLOCK },
      [STRANGER],
    ],
  ])('%s', (_, configuration, expected) => {
    expect(waysIn([bucket(configuration)])).toEqual(expected);
  });

  it('is nothing public where the account blocks it', () => {
    expect(waysIn([bucket({ Policy: anyone(`${arn}/*`, 's3:GetObject') }), blocked])).toEqual([]);
    expect(waysIn([bucket(everyone), blocked])).toEqual([]);
  });
});

describe('what shares an access point', () => {
  const arn = `arn:aws:s3:eu-west-1:${ACCOUNT}:accesspoint/data`;
  const point = (more: object = {}) =>
    resource('AWS::S3::AccessPoint', arn, { Name: 'data', Policy: anyone(`${arn}/object/*`, 's3:GetObject'), ...more });

  it('is its policy, unless a block of its own or of its account keeps the public out', () => {
    expect(waysIn([point()])).toEqual(['public']);
    expect(waysIn([point({ PublicAccessBlockConfiguration: BLOCK })])).toEqual([]);
    expect(waysIn([point(), blocked])).toEqual([]);
  });
});

describe('a share of an image', () => {
  const arn = `arn:aws:ec2:eu-west-1:${ACCOUNT}:image/ami-1`;
  const image = (...LaunchPermissions: object[]) => resource('AWS::EC2::Image', arn, { LaunchPermissions });
  const unit = (organization: string) => `arn:aws:organizations::1:ou/${organization}/ou-ab12-11111111`;

  test.each<[string, object, string[]]>([
    ['with everyone who has an account', { Group: 'all' }, ['public false']],
    ['with an account', { UserId: STRANGER }, [STRANGER]],
    ['with the organization', { OrganizationArn: `arn:aws:organizations::1:organization/${ORGANIZATION}` }, []],
    [
      'with another organization',
      { OrganizationArn: 'arn:aws:organizations::1:organization/o-other00001' },
      ['* o-other00001'],
    ],
    ['with a unit of the organization', { OrganizationalUnitArn: unit(ORGANIZATION) }, []],
    [
      'with a unit of another one',
      { OrganizationalUnitArn: unit('o-other00001') },
      ['* o-other00001/*/ou-ab12-11111111/*'],
    ],
  ])('%s', (_, permission, expected) => {
    expect(waysIn([image(permission)])).toEqual(expected);
  });

  it('with a unit is no share with the whole organization: seen from one account it names the unit', () => {
    const seen = waysIn([image({ OrganizationalUnitArn: unit(ORGANIZATION) })], ACCOUNT);
    expect(seen).toEqual([`* ${ORGANIZATION}/*/ou-ab12-11111111/*`]);
  });
});

describe('a grant of a key', () => {
  const arn = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`;
  const key = (grant: object) =>
    resource('AWS::KMS::Key', arn, { KeyId: 'k', Grants: [{ GrantId: 'g', Operations: ['Decrypt'], ...grant }] });

  it('lets its grantee in, also within constraints', () => {
    const GranteePrincipal = `arn:aws:iam::${STRANGER}:role/r`;
    expect(waysIn([key({ GranteePrincipal })])).toEqual([GranteePrincipal]);
    const Constraints = { EncryptionContextEquals: { tenant: 'a' } };
    expect(waysIn([key({ GranteePrincipal, Constraints })])).toEqual([GranteePrincipal]);
    expect(waysIn([key({ GranteePrincipal: `arn:aws:iam::${ACCOUNT}:role/r` })])).toEqual([]);
  });
});

describe('every other type', () => {
  const allows = (arn: string, action: string) => anyone(arn, action, { AWS: STRANGER });
  const shared = { AttributeName: 'restore', AttributeValues: [STRANGER] };
  test.each<[string, string, (arn: string) => object]>([
    [
      'AWS::IAM::Role',
      `arn:aws:iam::${ACCOUNT}:role/r`,
      () => ({
        AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: STRANGER }, Action: 'sts:AssumeRole' }),
      }),
    ],
    [
      'AWS::KMS::Key',
      `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`,
      () => ({ KeyId: 'k', Policy: allows('*', 'kms:Decrypt') }),
    ],
    [
      'AWS::Lambda::Function',
      `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`,
      (arn) => ({ FunctionName: 'f', Policy: allows(arn, 'lambda:InvokeFunction') }),
    ],
    [
      'AWS::Lambda::LayerVersion',
      `arn:aws:lambda:eu-west-1:${ACCOUNT}:layer:l:1`,
      (arn) => ({ Policy: allows(arn, 'lambda:GetLayerVersion') }),
    ],
    [
      'AWS::SQS::Queue',
      `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`,
      (arn) => ({ QueueName: 'q', Attributes: { Policy: allows(arn, 'sqs:SendMessage') } }),
    ],
    [
      'AWS::SNS::Topic',
      `arn:aws:sns:eu-west-1:${ACCOUNT}:t`,
      (arn) => ({ Attributes: { Policy: allows(arn, 'sns:Publish') } }),
    ],
    [
      'AWS::SecretsManager::Secret',
      `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:s-abcdef`,
      () => ({ ResourcePolicy: allows('*', 'secretsmanager:GetSecretValue') }),
    ],
    [
      'AWS::EC2::Snapshot',
      `arn:aws:ec2:eu-west-1:${ACCOUNT}:snapshot/snap-1`,
      () => ({ CreateVolumePermissions: [{ UserId: STRANGER }] }),
    ],
    ['AWS::RDS::DBSnapshot', `arn:aws:rds:eu-west-1:${ACCOUNT}:snapshot:s`, () => ({ DBSnapshotAttributes: [shared] })],
    [
      'AWS::RDS::DBClusterSnapshot',
      `arn:aws:rds:eu-west-1:${ACCOUNT}:cluster-snapshot:s`,
      () => ({ DBClusterSnapshotAttributes: [shared] }),
    ],
    [
      'AWS::ECR::Repository',
      `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/r`,
      () => ({
        repositoryName: 'r',
        Policy: policy({ Effect: 'Allow', Principal: { AWS: STRANGER }, Action: 'ecr:BatchGetImage' }),
      }),
    ],
    [
      'AWS::EFS::FileSystem',
      `arn:aws:elasticfilesystem:eu-west-1:${ACCOUNT}:file-system/fs-1`,
      (arn) => ({ FileSystemPolicy: allows(arn, 'elasticfilesystem:ClientMount') }),
    ],
    [
      'AWS::DynamoDB::Table',
      `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/t`,
      (arn) => ({ TableName: 't', ResourcePolicy: allows(arn, 'dynamodb:GetItem') }),
    ],
    [
      'AWS::DynamoDB::Table',
      `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/t`,
      (arn) => ({
        TableName: 't',
        LatestStreamArn: `${arn}/stream/1`,
        StreamResourcePolicy: allows(`${arn}/stream/1`, 'dynamodb:GetRecords'),
      }),
    ],
  ])('%s', (type, arn, configuration) => {
    expect(waysIn([resource(type, arn, configuration(arn))])).toEqual([STRANGER]);
  });
});
