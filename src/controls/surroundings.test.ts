import { describe, expect, it } from 'vitest';
import type { Gap, Resource } from '../estate/estate.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import { hides, surroundingsOf } from './surroundings.js';
import { ACCOUNT, gapOf, NOW, OTHER_ACCOUNT, REGION, resource } from './testing.fixture.js';

const flowLog = (id: string, vpcId: string | undefined, region = REGION, accountId = ACCOUNT) =>
  resource(
    'AWS::EC2::FlowLog',
    `arn:aws:ec2:${region}:${accountId}:vpc-flow-log/${id}`,
    { FlowLogId: id, ResourceId: vpcId },
    { region, accountId },
  );
const surroundings = (resources: readonly Resource[], gaps: readonly Gap[] = []) =>
  surroundingsOf(
    new MemoryEstate(
      {
        partition: 'aws-us-gov',
        collectedAt: NOW.toISOString(),
        accounts: [{ accountId: ACCOUNT, name: 'a', path: [], regions: [REGION, 'us-east-1'] }],
        types: ['AWS::EC2::FlowLog', 'AWS::EC2::VPC'],
      },
      resources,
      gaps,
    ),
    ACCOUNT,
    NOW,
  );
const resources = [
  flowLog('fl-1', 'vpc-1'),
  flowLog('fl-2', 'vpc-1', 'us-east-1'),
  flowLog('fl-3', 'vpc-1', REGION, OTHER_ACCOUNT),
];

describe('what surrounds a resource', () => {
  it('is of the account, in all regions or in one', () => {
    const around = surroundings(resources);
    expect(around.list('AWS::EC2::FlowLog').map(({ configuration }) => configuration.FlowLogId)).toEqual([
      'fl-1',
      'fl-2',
    ]);
    expect(around.list('AWS::EC2::FlowLog', 'us-east-1').map(({ configuration }) => configuration.FlowLogId)).toEqual([
      'fl-2',
    ]);
    expect(around.list('AWS::EC2::VPC')).toEqual([]);
  });

  it('is found by a key, in the account only, and what has no key is not found', () => {
    const around = surroundings([...resources, flowLog('fl-4', undefined)]);
    const keyOf = ({ ResourceId }: { ResourceId?: string | undefined }) => ResourceId;
    const ids = (key: string) =>
      around.find('AWS::EC2::FlowLog', keyOf, key).map(({ configuration }) => configuration.FlowLogId);
    expect(ids('vpc-1')).toEqual(['fl-1', 'fl-2']);
    expect(ids('vpc-2')).toEqual([]);
    expect(ids('undefined')).toEqual([]);
  });

  it('keeps one index a type, though two types are looked up by the same function', () => {
    const vpc = resource('AWS::EC2::VPC', 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1', { VpcId: 'vpc-1' });
    const around = surroundings([...resources, vpc]);
    const keyOf = (): string => 'all';
    expect(around.find('AWS::EC2::FlowLog', keyOf, 'all')).toHaveLength(2);
    expect(around.find('AWS::EC2::VPC', keyOf, 'all')).toEqual([vpc]);
  });

  it('reaches into other accounts by ARN only', () => {
    const around = surroundings(resources);
    expect(around.elsewhere('AWS::EC2::FlowLog', resources[2]?.arn ?? '')).toBe(resources[2]);
    expect(
      around.elsewhere('AWS::EC2::FlowLog', 'arn:aws:ec2:eu-west-1:999999999999:vpc-flow-log/fl-9'),
    ).toBeUndefined();
  });

  it('knows the partition, the instant and the regions that were meant to be read', () => {
    expect(surroundings([])).toMatchObject({
      partition: 'aws-us-gov',
      now: NOW,
      regions: [REGION, 'us-east-1'],
      accountId: ACCOUNT,
    });
  });

  it('says why a type may be incomplete, or nothing', () => {
    const around = surroundings([], [gapOf(['AWS::EC2::FlowLog'])]);
    expect(around.unread('AWS::EC2::FlowLog')).toBe(
      `test:Read failed in ${ACCOUNT} ${REGION}: AccessDenied (not authorized)`,
    );
    expect(around.unread('AWS::EC2::FlowLog', REGION)).toContain('AccessDenied');
    expect(around.unread('AWS::EC2::FlowLog', 'us-east-1')).toBeUndefined();
    expect(around.unread('AWS::EC2::VPC')).toBeUndefined();
    expect(around.unread('AWS::S3::Bucket')).toBe('AWS::S3::Bucket was not collected');
  });
});

describe('a gap', () => {
  const cases: readonly { name: string; gap: Partial<Gap>; hidden: boolean }[] = [
    { name: 'hides its types in its region', gap: {}, hidden: true },
    { name: 'hides nothing in another region', gap: { region: 'us-east-1' }, hidden: false },
    { name: 'of all regions hides them everywhere', gap: { region: '*' }, hidden: true },
    { name: 'of all types hides them', gap: { types: [] }, hidden: true },
    {
      name: 'of all types in another region hides nothing here',
      gap: { types: [], region: 'us-east-1' },
      hidden: false,
    },
    {
      name: 'of all types of the account as a whole hides them everywhere',
      gap: { types: [], region: 'global' },
      hidden: true,
    },
    { name: 'of one account-wide type hides no regional one', gap: { region: 'global' }, hidden: false },
    { name: 'of another type hides nothing', gap: { types: ['AWS::EC2::Subnet'] }, hidden: false },
    { name: 'of another account hides nothing', gap: { accountId: OTHER_ACCOUNT }, hidden: false },
    { name: 'about one resource’s detail hides no resource', gap: { resourceArn: 'arn' }, hidden: false },
  ];
  it.each(cases)('$name', ({ gap, hidden }) => {
    expect(hides({ ...gapOf(['AWS::EC2::VPC']), ...gap }, ACCOUNT, 'AWS::EC2::VPC', REGION)).toBe(hidden);
  });
});
