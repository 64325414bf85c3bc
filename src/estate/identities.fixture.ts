import * as fc from 'fast-check';
import type { EstateHeader, Resource, Scope } from './estate.js';
import type { TypeName } from './resource-types.js';

/** A header over the accounts of `resources` below. */
export const header: EstateHeader = {
  partition: 'aws',
  collectedAt: '2026-03-01T00:00:00.000Z',
  accounts: ['111111111111', '222222222222', '333333333333'].map((accountId) => ({
    accountId,
    name: accountId,
    path: [],
    regions: ['eu-west-1', 'us-east-1'],
  })),
  types: ['AWS::EC2::VPC', 'AWS::S3::Bucket'],
};

const types = ['AWS::EC2::VPC', 'AWS::S3::Bucket'] as const satisfies readonly TypeName[];
const accounts = ['111111111111', '222222222222', '333333333333'] as const;
const regions = ['eu-west-1', 'us-east-1'] as const;
/** ARNs with an owner and without one: several accounts, and several regions of one, may see the same. */
const arns = [
  'arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1',
  'arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-2',
  'arn:aws:s3:::b',
];

/** Few identities, so that generated resources meet often. `State` tells one version from another. */
export const resource: fc.Arbitrary<Resource> = fc
  .record({
    arn: fc.constantFrom(...arns),
    type: fc.constantFrom(...types),
    accountId: fc.constantFrom(...accounts),
    region: fc.constantFrom(...regions),
    state: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ state, ...identity }) => ({ ...identity, configuration: { State: state } as never }));

export const scope: fc.Arbitrary<Scope> = fc.record(
  { accountId: fc.constantFrom(...accounts), region: fc.constantFrom(...regions) },
  { requiredKeys: [] },
);

/** Every question that `get` can be asked of these identities. */
export const lookUps: readonly (readonly [type: TypeName, arn: string, accountId: string | undefined])[] =
  types.flatMap((type) =>
    arns.flatMap((arn) => [undefined, ...accounts].map((accountId) => [type, arn, accountId] as const)),
  );

export const allTypes: readonly TypeName[] = types;

export function identityOf({ accountId, region, type, arn }: Omit<Resource, 'configuration'>): string {
  return `${accountId} ${region} ${type} ${arn}`;
}

/** The slow, obvious estate: a list of resources, a later one in the place of an earlier one of the same identity. */
export class ListEstate {
  readonly resources = new Map<string, Resource>();

  constructor(resources: readonly Resource[] = []) {
    for (const each of resources) this.put(each);
  }

  put(each: Resource): void {
    this.resources.set(identityOf(each), each);
  }

  remove(each: Omit<Resource, 'configuration'>): void {
    this.resources.delete(identityOf(each));
  }

  inScope({ accountId, region }: Scope, type?: TypeName): Resource[] {
    return [...this.resources.values()].filter(
      (each) =>
        (type === undefined || each.type === type) &&
        (accountId === undefined || each.accountId === accountId) &&
        (region === undefined || each.region === region),
    );
  }

  /**
   * The resources that `get` may answer: of one account, all that it has under the ARN; else the owner's, and any
   * account's where the owner has none (or the ARN names none). Empty: it must answer `undefined`.
   */
  candidates(type: TypeName, arn: string, accountId: string | undefined): Resource[] {
    const all = this.inScope(accountId === undefined ? {} : { accountId }, type).filter((each) => each.arn === arn);
    const owned = accountId === undefined ? all.filter((each) => arn.split(':')[4] === each.accountId) : [];
    return owned.length > 0 ? owned : all;
  }
}

export function sorted(resources: Iterable<Resource>): string[] {
  return [...resources].map((each) => `${identityOf(each)} ${JSON.stringify(each.configuration)}`).sort();
}
