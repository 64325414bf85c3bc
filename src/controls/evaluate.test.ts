import { describe, expect, it } from 'vitest';
import type { EstateHeader, Gap, Resource } from '../estate/estate.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import { type AnyControl, defineControl, failed, notAvailable, passed } from './control.js';
import { evaluate, evaluateAccount } from './evaluate.js';
import { ACCOUNT, gapOf, NOW, OTHER_ACCOUNT, REGION, resource } from './testing.fixture.js';

const about = { title: 't', description: 'd', severity: 'LOW', standards: { fsbp: true }, url: 'u' } as const;
const vpcControl = (evaluateVpc: AnyControl['evaluate'], appliesTo?: AnyControl['appliesTo']): AnyControl =>
  defineControl({
    ...about,
    id: 'EC2.0',
    resourceType: 'AWS::EC2::VPC',
    evaluate: evaluateVpc as never,
    ...(appliesTo === undefined ? {} : { appliesTo: appliesTo as never }),
  });
const accountControl = defineControl({
  ...about,
  id: 'Account.0',
  resourceType: 'AWS::::Account',
  evaluate: () => passed(),
});
const vpc = (id: string, accountId = ACCOUNT) =>
  resource('AWS::EC2::VPC', `arn:aws:ec2:${REGION}:${accountId}:vpc/${id}`, { VpcId: id }, { accountId });
const estateOf = (
  resources: readonly Resource[],
  gaps: readonly Gap[] = [],
  types: EstateHeader['types'] = ['AWS::EC2::VPC', 'AWS::::Account'],
) =>
  new MemoryEstate(
    {
      partition: 'aws',
      collectedAt: NOW.toISOString(),
      accounts: [ACCOUNT, OTHER_ACCOUNT].map((accountId) => ({
        accountId,
        name: accountId,
        path: [],
        regions: [REGION],
      })),
      types,
    },
    resources,
    gaps,
  );
const run = (estate: MemoryEstate, control: AnyControl) => [...evaluateAccount(estate, ACCOUNT, [control], NOW)];
const always = vpcControl(() => passed());

describe('evaluating an account', () => {
  it('gives one result for each resource of the control’s type in that account', () => {
    const results = run(estateOf([vpc('vpc-1'), vpc('vpc-2'), vpc('vpc-3', OTHER_ACCOUNT)]), always);
    expect(results).toEqual([
      { ...subject(vpc('vpc-1')), status: 'PASSED', reasons: [] },
      { ...subject(vpc('vpc-2')), status: 'PASSED', reasons: [] },
    ]);
  });

  it('gives none for a resource the control does not speak about', () => {
    expect(
      run(
        estateOf([vpc('vpc-1')]),
        vpcControl(
          () => passed(),
          () => false,
        ),
      ),
    ).toEqual([]);
  });

  it('judges a resource so malformed that the control cannot tell whether it applies', () => {
    const control = vpcControl(
      () => notAvailable('unclear'),
      () => {
        throw new TypeError('no such member');
      },
    );
    expect(run(estateOf([vpc('vpc-1')]), control)).toMatchObject([
      { status: 'NOT_AVAILABLE', reasons: [{ text: 'unclear' }] },
    ]);
  });

  it('turns a throw into NOT_AVAILABLE for that resource and goes on', () => {
    const control = vpcControl((each: Resource) => {
      if (each.arn.endsWith('vpc-1')) throw new TypeError('cannot read it');
      return failed({ text: 'bad' });
    });
    expect(run(estateOf([vpc('vpc-1'), vpc('vpc-2')]), control)).toMatchObject([
      { status: 'NOT_AVAILABLE', reasons: [{ text: 'the control could not judge this resource: cannot read it' }] },
      { status: 'FAILED' },
    ]);
  });

  it('says once for the account that a type was not collected', () => {
    expect(run(estateOf([], [], []), always)).toEqual([
      {
        controlId: 'EC2.0',
        accountId: ACCOUNT,
        region: 'global',
        resourceType: 'AWS::::Account',
        resourceArn: `AWS::::Account:${ACCOUNT}`,
        status: 'NOT_AVAILABLE',
        reasons: [{ text: 'AWS::EC2::VPC was not collected' }],
      },
    ]);
  });

  it('says once for a region that its resources could not be read, beside those that were', () => {
    const gaps = [
      gapOf(['AWS::EC2::VPC'], 'us-east-1'),
      gapOf(['AWS::EC2::VPC'], 'us-east-1'),
      gapOf(['AWS::EC2::Subnet']),
    ];
    const results = run(estateOf([vpc('vpc-1')], gaps), always);
    expect(results.map(({ region, status }) => [region, status])).toEqual([
      ['us-east-1', 'NOT_AVAILABLE'],
      [REGION, 'PASSED'],
    ]);
    expect(results[0]?.reasons[0]?.text).toContain('AccessDenied');
  });

  it('adds to NOT_AVAILABLE what failed while that resource was read, and to nothing else', () => {
    const gap = { ...gapOf(['AWS::EC2::VPC']), operation: 'DescribeVpcAttribute', resourceArn: vpc('vpc-1').arn };
    const estate = estateOf([vpc('vpc-1'), vpc('vpc-2')], [gap]);
    const unread = run(
      estate,
      vpcControl(() => notAvailable('DnsSupport was not read')),
    );
    expect(unread.map(({ reasons }) => reasons.length)).toEqual([2, 1]);
    expect(unread[0]?.reasons[1]?.text).toContain('DescribeVpcAttribute');
    expect(run(estate, always).map(({ reasons }) => reasons.length)).toEqual([0, 0]);
  });

  it('never gives the account itself two results of one control', () => {
    const account = resource(
      'AWS::::Account',
      `AWS::::Account:${ACCOUNT}`,
      { AccountId: ACCOUNT },
      { region: 'global' },
    );
    const nothing = gapOf([], 'global');
    expect(run(estateOf([account], [nothing]), accountControl)).toMatchObject([{ status: 'PASSED' }]);
    expect(run(estateOf([account], [], []), accountControl)).toMatchObject([{ status: 'PASSED' }]);
    expect(run(estateOf([], [nothing]), accountControl)).toMatchObject([{ status: 'NOT_AVAILABLE' }]);
  });
});

it('evaluates every account of the estate, account by account', () => {
  const estate = estateOf([vpc('vpc-1', OTHER_ACCOUNT), vpc('vpc-2')]);
  expect([...evaluate(estate, [always], NOW)].map(({ accountId }) => accountId)).toEqual([ACCOUNT, OTHER_ACCOUNT]);
});

function subject({ arn, type, accountId, region }: Resource) {
  return { controlId: 'EC2.0', accountId, region, resourceType: type, resourceArn: arn };
}
