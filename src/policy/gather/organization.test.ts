import { describe, expect, it, test } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Resource } from '../../estate/estate.js';
import { principalOf, type Principal } from '../evaluate/principal.js';
import { AccessGatherer } from './access-gatherer.js';

const MANAGEMENT = '100000000001';
const MEMBER = '111122223333';
const { header } = demoOrganization({ accounts: 3, now: new Date('2026-06-01T00:00:00.000Z') });
const place = { accountId: MANAGEMENT, region: 'global' };
const make = (type: string, arn: string, configuration: object, more: object = {}): Resource =>
  ({ type, arn, ...place, configuration, ...more }) as never;

type Type = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';
const control = (
  id: string,
  target: string,
  type: Type = 'SERVICE_CONTROL_POLICY',
  Content = '{"Version":"2012-10-17","Statement":[]}',
) =>
  make('AWS::Organizations::Policy', `arn:aws:organizations::1:policy/${id}`, {
    PolicySummary: { Id: id, Name: id, Type: type },
    Content,
    TargetIds: [target],
  });

function gathererOf(...resources: Resource[]): AccessGatherer {
  const accounts = [MANAGEMENT, MEMBER].map((accountId) => ({ ...header.accounts[0]!, accountId }));
  const types = ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'].map((Type) => ({ Type, Status: 'ENABLED' }));
  const account = (Id: string, ParentId: string) =>
    make('AWS::Organizations::Account', `arn:aws:organizations::1:account/${Id}`, { Id, ParentId });
  const role = (arn: string) =>
    make('AWS::IAM::Role', arn, { RoleName: arn.split('/').at(-1), Tags: [] }, { accountId: arn.split(':')[4] });
  return new AccessGatherer(
    new MemoryEstate({ ...header, accounts, organizationId: 'o-edoya00001', managementAccountId: MANAGEMENT }, [
      make('AWS::Organizations::Root', 'arn:aws:organizations::1:root/r-1', { Id: 'r-1', PolicyTypes: types }),
      make('AWS::Organizations::OrganizationalUnit', 'arn:aws:organizations::1:ou/ou-1', {
        Id: 'ou-1',
        ParentId: 'r-1',
      }),
      account(MANAGEMENT, 'r-1'),
      account(MEMBER, 'ou-1'),
      role(`arn:aws:iam::${MEMBER}:role/app`),
      role(`arn:aws:iam::${MEMBER}:role/aws-service-role/sns.amazonaws.com/AWSServiceRoleForSns`),
      role(`arn:aws:iam::${MANAGEMENT}:role/app`),
      ...resources,
    ]),
  );
}

const levelsOf = (gatherer: AccessGatherer, arn: string) =>
  gatherer.identity(principalOf(arn) as Principal)?.side.controlLevels.map((level) => level.map(({ name }) => name));

describe('service control policies', () => {
  const all = [
    control('p-root', 'r-1'),
    control('p-unit', 'ou-1'),
    control('p-account', MEMBER),
    control('p-else', 'ou-2'),
  ];

  it('are one list a level, from the root to the account, each with the full access that AWS attaches', () => {
    expect(levelsOf(gathererOf(...all), `arn:aws:iam::${MEMBER}:role/app`)).toEqual([
      ['scp/p-root', 'scp/FullAWSAccess'],
      ['scp/p-unit', 'scp/FullAWSAccess'],
      ['scp/p-account', 'scp/FullAWSAccess'],
    ]);
  });

  test.each([
    ['the management account', `arn:aws:iam::${MANAGEMENT}:role/app`],
    [
      'roles that are linked to a service',
      `arn:aws:iam::${MEMBER}:role/aws-service-role/sns.amazonaws.com/AWSServiceRoleForSns`,
    ],
  ])('bind not %s', (_, arn) => {
    expect(levelsOf(gathererOf(...all), arn)).toEqual([]);
  });

  it('full access that was read counts where it is attached only', () => {
    const full = control('p-FullAWSAccess', 'r-1');
    expect(levelsOf(gathererOf(...all, full), `arn:aws:iam::${MEMBER}:role/app`)?.map((level) => level.length)).toEqual(
      [2, 1, 1],
    );
  });
});

describe('resource control policies', () => {
  const all = [control('p-root', 'r-1', 'RESOURCE_CONTROL_POLICY')];
  const namesOf = (accountId: string, action: string) =>
    gathererOf(...all)
      .resourceSide('*', accountId, action)
      .controlLevels.flat()
      .map(({ name }) => name)
      .filter((name) => name !== 'rcp/RCPFullAWSAccess');

  test.each([
    ['a bucket of a member', MEMBER, 's3:GetObject', ['rcp/p-root']],
    ['a key of a member', MEMBER, 'kms:Decrypt', ['rcp/p-root']],
    ['a table, whose service does not know them', MEMBER, 'dynamodb:GetItem', []],
    ['a bucket of the management account', MANAGEMENT, 's3:GetObject', []],
  ])('over %s', (_, accountId, action, expected) => {
    expect(namesOf(accountId, action)).toEqual(expected);
  });
});

it('a principal carries its organization and its path in it', () => {
  const facts = gathererOf().identity(principalOf(`arn:aws:iam::${MEMBER}:role/app`) as Principal)?.facts;
  expect(facts?.get('aws:principalorgid')).toEqual(['o-edoya00001']);
  expect(facts?.get('aws:principalorgpaths')).toEqual(['o-edoya00001/r-1/ou-1/']);
});
