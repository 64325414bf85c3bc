import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { collectEstate } from './collect-estate.js';
import { collect, collectedTypes, type Collected, type CollectJournal, type CollectProgress } from './collect.js';
import { defineCollector, resourceAt } from './collector.js';
import { accountOf, fakeAws, type FakeAws } from './testing.fixture.js';

/** One instance in every region, one role in every account, the roots of the organization. */
const instances = defineCollector({
  service: 'ec2',
  types: ['AWS::EC2::Instance'],
  reads: ['DescribeInstances'],
  scope: 'region',
  async *collect(read, target) {
    for (const { ReservationId = '' } of await read.list('DescribeInstances', {}, (page) => page.Reservations)) {
      yield resourceAt(target, 'AWS::EC2::Instance', `${target.accountId}:${target.region}:${ReservationId}`, {});
    }
  },
});

const aliases = defineCollector({
  service: 'kms',
  types: ['AWS::KMS::Alias'],
  reads: ['ListAliases'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('ListAliases', {}, (page) => page.Aliases)) {
      yield resourceAt(target, 'AWS::KMS::Alias', item.AliasArn ?? '', item);
    }
  },
});

const groups = defineCollector({
  service: 'iam',
  types: ['AWS::IAM::Group'],
  reads: ['ListGroups'],
  scope: 'account',
  async *collect(read, target) {
    for (const { Arn = '' } of await read.list('ListGroups', {}, (page) => page.Groups)) {
      yield resourceAt(target, 'AWS::IAM::Group', Arn, { Arn });
    }
  },
});

const roots = defineCollector({
  service: 'organizations',
  types: ['AWS::Organizations::Root'],
  reads: ['ListRoots'],
  scope: 'organization',
  async *collect(read, target) {
    for (const root of await read.list('ListRoots', {}, (page) => page.Roots)) {
      yield resourceAt(target, 'AWS::Organizations::Root', root.Arn ?? '', root);
    }
  },
});

const collectors = [instances, aliases, groups, roots];
const FIRST = '111111111111';
const SECOND = '222222222222';
const regions = ['eu-west-1', 'us-east-1'];

const rules = {
  DescribeInstances: { Reservations: [{ ReservationId: 'r-1' }] },
  ListAliases: { Aliases: [] },
  ListGroups: ({ accountId }: ApiCall) => ({ Groups: [{ Arn: `arn:aws:iam::${accountId}:group/g` }] }),
  ListRoots: { Roots: [{ Arn: 'arn:aws:organizations::root' }] },
};

function options(aws: FakeAws, more: Partial<Parameters<typeof collect>[0]> = {}) {
  const accounts = [accountOf(FIRST, regions), accountOf(SECOND, regions)];
  return { send: aws.send, partition: 'aws', accounts, managementAccountId: FIRST, collectors, ...more };
}

async function read(aws: FakeAws, more: Partial<Parameters<typeof collect>[0]> = {}) {
  const parts = [];
  for await (const part of collect(options(aws, more))) parts.push(part);
  return parts;
}

describe('an organization', () => {
  it('is handed over account by account, in order, each with itself as a resource', async () => {
    const parts = await read(fakeAws(rules));
    expect(parts.map(({ account }) => account.accountId)).toEqual([FIRST, SECOND]);
    expect(parts.map(({ gaps }) => gaps)).toEqual([[], []]);
    expect(parts[1]?.resources.map(({ type, region }) => `${type} ${region}`)).toEqual([
      'AWS::::Account global',
      'AWS::EC2::Instance eu-west-1',
      'AWS::EC2::Instance us-east-1',
      'AWS::IAM::Group global',
    ]);
    expect(parts[1]?.resources[0]?.configuration).toEqual({ AccountId: SECOND, Name: `account ${SECOND}` });
  });

  it('is read for what belongs to it in its management account only', async () => {
    const aws = fakeAws(rules);
    await read(aws);
    const asked = aws.calls.filter(({ operation }) => operation === 'ListRoots');
    expect(asked.map(({ accountId, region }) => `${accountId} ${region}`)).toEqual([`${FIRST} global`]);
  });

  it('without its management account was not looked at, and the header says so', () => {
    const accounts = [accountOf(SECOND)];
    expect(collectedTypes(collectors)).toContain('AWS::Organizations::Root');
    expect(collectedTypes(collectors, { accounts, managementAccountId: FIRST })).toEqual([
      'AWS::::Account',
      'AWS::EC2::Instance',
      'AWS::KMS::Alias',
      'AWS::IAM::Group',
    ]);
  });

  it('becomes one estate', async () => {
    const now = new Date('2026-03-01T00:00:00.000Z');
    const estate = await collectEstate({ ...options(fakeAws(rules)), now, organizationId: 'o-1' });
    expect(estate.header).toMatchObject({ organizationId: 'o-1', collectedAt: now.toISOString(), partition: 'aws' });
    expect([...estate.list('AWS::EC2::Instance', { region: 'us-east-1' })]).toHaveLength(2);
    expect([...estate.all()]).toHaveLength(9);
  });

  it('never has more accounts under way than allowed, and starts none before there is room', async () => {
    const started = new Set<string>();
    const accounts = Array.from({ length: 6 }, (_, index) => accountOf(`${index}`.repeat(12)));
    const onProgress = ({ accountId }: CollectProgress) => started.add(accountId);
    const seen: number[] = [];
    for await (const _ of collect(options(fakeAws(rules), { accounts, accountsAtOnce: 2, onProgress }))) {
      seen.push(started.size);
    }
    expect(seen).toEqual([2, 3, 4, 5, 6, 6]);
  });
});

describe('what cannot be read', () => {
  it('is a gap, and everything else is read', async () => {
    const [first] = await read(fakeAws({ ...rules, DescribeInstances: 'UnauthorizedOperation' }));
    expect(first?.gaps.map(({ region, types, error }) => [region, types, error.code])).toEqual([
      ['eu-west-1', ['AWS::EC2::Instance'], 'UnauthorizedOperation'],
      ['us-east-1', ['AWS::EC2::Instance'], 'UnauthorizedOperation'],
    ]);
    expect(first?.resources.map(({ type }) => type)).toContain('AWS::IAM::Group');
  });

  it('because a collector did not foresee the shape of an answer is a gap', async () => {
    const [first] = await read(fakeAws({ ...rules, ListGroups: { Groups: [null] } }));
    expect(first?.gaps).toMatchObject([
      { service: 'iam', operation: '*', types: ['AWS::IAM::Group'], error: { code: 'UnexpectedAnswer' } },
    ]);
  });

  it('for an account that cannot be entered is one gap over all of it, after one attempt', async () => {
    const attempts: ApiCall[] = [];
    const aws = fakeAws(rules);
    const send = (call: ApiCall) => {
      if (call.accountId !== SECOND) return aws.send(call);
      attempts.push(call);
      const assume = { ...call, service: 'sts' as const, operation: 'AssumeRole' };
      return Promise.reject(new ApiError(assume, 'AccessDenied', 'not authorized to assume the role', 403));
    };
    const parts = await read({ send, calls: aws.calls });
    expect(parts[0]?.gaps).toEqual([]);
    expect(parts[1]).toEqual({
      account: accountOf(SECOND, regions),
      resources: [expect.objectContaining({ type: 'AWS::::Account' })],
      gaps: [
        {
          accountId: SECOND,
          region: '*',
          service: 'sts',
          operation: 'AssumeRole',
          types: [],
          error: { code: 'AccessDenied', message: 'not authorized to assume the role' },
        },
      ],
    });
    expect(attempts).toHaveLength(1);
  });
});

describe('a region that is not enabled', () => {
  const closed =
    (code: string, answer: Record<string, unknown>) =>
    ({ region }: ApiCall) =>
      region === 'us-east-1' ? code : answer;

  it('is one gap over everything in it', async () => {
    const aws = fakeAws({
      ...rules,
      DescribeInstances: closed('AuthFailure', rules.DescribeInstances),
      ListAliases: closed('UnrecognizedClientException', rules.ListAliases),
    });
    const [first] = await read(aws);
    expect(first?.gaps).toMatchObject([
      { region: 'us-east-1', operation: '*', types: [], error: { code: 'AuthFailure' } },
    ]);
    expect(first?.resources.map(({ region }) => region)).toEqual(['global', 'eu-west-1', 'global', 'global']);
  });

  it('is not seen in one service that answers so on its own account', async () => {
    const aws = fakeAws({ ...rules, DescribeInstances: closed('OptInRequired', rules.DescribeInstances) });
    const [first] = await read(aws);
    expect(first?.gaps).toMatchObject([
      { region: 'us-east-1', operation: 'DescribeInstances', types: ['AWS::EC2::Instance'] },
    ]);
  });
});

describe('progress', () => {
  it('tells when each unit starts and has finished, with what it took', async () => {
    const told: CollectProgress[] = [];
    await read(fakeAws(rules), {
      accounts: [accountOf(SECOND)],
      unitsAtOnce: 1,
      onProgress: (each) => told.push(each),
    });
    const unit = `${SECOND}/eu-west-1/ec2/AWS::EC2::Instance`;
    const all = { accountId: SECOND, unitsAll: 3 };
    expect(told.slice(0, 2)).toEqual([
      { ...all, unit, state: 'started', unitsDone: 0, calls: 0, resources: 0 },
      { ...all, unit, state: 'finished', unitsDone: 1, calls: 1, resources: 1 },
    ]);
    expect(told.at(-1)).toMatchObject({ state: 'finished', unitsDone: 3, calls: 3, resources: 2 });
  });
});

/** A journal in memory. */
class MemoryJournal implements CollectJournal {
  readonly units = new Map<string, Collected>();

  find(unit: string) {
    return Promise.resolve(this.units.get(unit));
  }

  finish(unit: string, collected: Collected) {
    this.units.set(unit, collected);
    return Promise.resolve();
  }
}

describe('a collection that is stopped', () => {
  it('throws what a user understands, and makes no more calls', async () => {
    const stop = new AbortController();
    const aws = fakeAws({
      ...rules,
      DescribeInstances: () => {
        stop.abort();
        return rules.DescribeInstances;
      },
    });
    const stopped = read(aws, { signal: stop.signal, unitsAtOnce: 1, accountsAtOnce: 1 });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted', exit: 'interrupted' });
    expect(aws.calls).toHaveLength(1);
  });

  it('goes on where it stopped, and what it gives is the same', async () => {
    const journal = new MemoryJournal();
    const stop = new AbortController();
    const interrupting = fakeAws({
      ...rules,
      ListGroups: (call) => {
        stop.abort();
        return rules.ListGroups(call);
      },
    });
    const settings = { journal, unitsAtOnce: 1, accountsAtOnce: 1 };
    await expect(read(interrupting, { ...settings, signal: stop.signal })).rejects.toMatchObject({
      code: 'interrupted',
    });
    const again = fakeAws(rules);
    const resumed = await read(again, settings);
    const whole = fakeAws(rules);
    expect(resumed).toEqual(await read(whole));
    // Five calls were made and remembered: two regions of instances and of aliases, and the groups.
    expect(interrupting.calls).toHaveLength(5);
    expect(again.calls).toHaveLength(whole.calls.length - 5);
  });

  it('reads again what had a gap', async () => {
    const journal = new MemoryJournal();
    await read(fakeAws({ ...rules, DescribeInstances: 'ServiceUnavailable' }), { journal });
    const parts = await read(fakeAws({ DescribeInstances: rules.DescribeInstances }), { journal });
    expect(parts.flatMap(({ gaps }) => gaps)).toEqual([]);
    expect(parts[0]?.resources.map(({ type }) => type)).toContain('AWS::EC2::Instance');
  });

  it('because nobody wants the rest makes no more calls', async () => {
    const aws = fakeAws(rules);
    for await (const _ of collect(options(aws, { accountsAtOnce: 1 }))) break;
    const made = aws.calls.length;
    await new Promise((done) => setTimeout(done, 10));
    expect(new Set(aws.calls.map(({ accountId }) => accountId))).toEqual(new Set([FIRST]));
    expect(aws.calls).toHaveLength(made);
  });

  it('by a failure that is no answer of AWS throws that failure', async () => {
    const send = (call: ApiCall) =>
      call.accountId === SECOND ? Promise.reject(new Error('the token has expired')) : fakeAws(rules).send(call);
    await expect(read({ send, calls: [] })).rejects.toThrow('the token has expired');
  });
});
