import { expect, it } from 'vitest';
import { SeededRandom } from '../base/ports.js';
import { demoOrganization } from '../estate/demo/demo-organization.js';
import type { Resource } from '../estate/estate.js';
import { Fork } from '../estate/fork.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import type { AuthorizationRequest } from './authorizer.js';
import type { Caller } from './caller.js';
import { PolicyAuthorizer } from './policy-authorizer.js';

const MANAGEMENT = '100000000001';
const MEMBERS = ['111122223333', '444455556666'];
const { header } = demoOrganization({ accounts: 3, now: new Date('2026-06-01T00:00:00.000Z') });

const make = (kind: string, id: string, configuration: object): Resource =>
  ({
    type: `AWS::Organizations::${kind}`,
    arn: `arn:aws:organizations::${MANAGEMENT}:${kind}/${id}`,
    accountId: MANAGEMENT,
    region: 'global',
    configuration,
  }) as never;

const account = (Id: string, ParentId: string) => make('Account', Id, { Id, ParentId });

function control(id: string, target: string, Effect: string, Action: string): Resource {
  return make('Policy', id, {
    PolicySummary: { Id: id, Name: id, Type: 'SERVICE_CONTROL_POLICY' },
    Content: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] }),
    TargetIds: [target],
  });
}

const base = new MemoryEstate({ ...header, organizationId: 'o-edoya00001', managementAccountId: MANAGEMENT }, [
  make('Root', 'r-1', { Id: 'r-1', PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] }),
  make('OrganizationalUnit', 'ou-1', { Id: 'ou-1', ParentId: 'r-1' }),
  make('OrganizationalUnit', 'ou-2', { Id: 'ou-2', ParentId: 'r-1' }),
  account(MANAGEMENT, 'r-1'),
  ...MEMBERS.map((id) => account(id, 'ou-1')),
  control('p-1', 'ou-1', 'Deny', 's3:*'),
]);

const edits: readonly ((random: SeededRandom) => Resource)[] = [
  (random) => control('p-1', random.pick(['ou-1', 'ou-2', ...MEMBERS]), 'Deny', random.pick(['s3:*', 'kms:*'])),
  (random) => control('p-2', random.pick(['r-1', 'ou-2']), 'Deny', random.pick(['s3:*', 'kms:*'])),
  (random) => account(random.pick(MEMBERS), random.pick(['ou-1', 'ou-2'])),
];

/** The same as a fork, and none of it known to anybody. */
const copied = (fork: Fork): Fork => new Fork(new MemoryEstate(fork.header, [...fork.all()]));

it('what forks share of their base decides as if each stood alone, whatever is edited in them', () => {
  const seed = Number(process.env['HIKESHI_SEED'] ?? Date.now() % 1_000_000);
  const random = new SeededRandom(seed);
  const authorizers = [new PolicyAuthorizer(), new PolicyAuthorizer()];
  const forks = [new Fork(base), new Fork(base)];
  const seen = { allowed: 0, denied: 0 };
  for (let round = 0; round < 2000; round++) {
    if (random.chance(0.05)) forks.push(new Fork(random.pick([base, ...forks])));
    if (random.chance(0.1)) {
      const edited = random.pick(edits)(random);
      if (random.chance(0.2)) random.pick(forks).remove(edited);
      else random.pick(forks).put(edited);
    }
    const accountId = random.pick(MEMBERS);
    const arn = `arn:aws:iam::${accountId}:root`;
    const caller: Caller = { arn, accountId, userId: accountId, kind: 'root' };
    const estate = random.pick(forks);
    const request: AuthorizationRequest = {
      caller,
      action: random.pick(['s3:ListAllMyBuckets', 'kms:ListKeys', 'ec2:DescribeInstances']),
      resource: '*',
      resourceAccountId: accountId,
      context: {},
      estate,
      region: 'eu-west-1',
      now: new Date('2026-03-01T00:00:00Z'),
      sourceIp: '192.0.2.1',
      userAgent: 'test',
    };
    const decided = random.pick(authorizers).authorize(request);
    const alone = new PolicyAuthorizer().authorize({ ...request, estate: copied(estate) });
    expect(decided, `HIKESHI_SEED=${seed}`).toEqual(alone);
    seen[decided.allowed ? 'allowed' : 'denied']++;
  }
  expect(seen.allowed).toBeGreaterThan(100);
  expect(seen.denied).toBeGreaterThan(100);
});
