import type { AccountInfo, Gap } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { ApiCall, Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { CallMemory } from './call-memory.js';
import { collect } from './collect.js';
import type { AnyCollector, CollectTarget, Reader } from './collector.js';
import { readerOf } from './reader.js';

type Answer = Record<string, unknown>;

/** Answers a call, or is the code of the error it fails with. */
export type Rule = Answer | string | ((call: ApiCall) => Answer | string | Promise<Answer | string>);

/** An AWS of a few rules, by operation. What has no rule is not implemented. Keeps the calls it was asked. */
export interface FakeAws {
  readonly send: Send;
  readonly calls: ApiCall[];
}

export function fakeAws(rules: Readonly<Record<string, Rule>>): FakeAws {
  const calls: ApiCall[] = [];
  const send: Send = async (call) => {
    calls.push(call);
    await Promise.resolve();
    const rule = rules[call.operation] ?? 'NotImplemented';
    const answer = typeof rule === 'function' ? await rule(call) : rule;
    if (typeof answer !== 'string') return answer;
    throw new ApiError(call, answer, `${call.operation} failed with ${answer}`, 400);
  };
  return { send, calls };
}

export const target: CollectTarget = {
  accountId: '111122223333',
  region: 'eu-west-1',
  partition: 'aws',
  regions: ['eu-west-1', 'us-east-1'],
};

/** An account to be read. */
export function accountOf(accountId: string, regions: readonly string[] = ['eu-west-1']): AccountInfo {
  return { accountId, name: `account ${accountId}`, path: [], regions };
}

/** A reader of EC2's instances over a fake AWS, with the gaps it told. */
export function readerFor(
  aws: FakeAws,
  settings: { readonly only?: ReadonlySet<string>; readonly signal?: AbortSignal; readonly types?: TypeName[] } = {},
) {
  const gaps: Gap[] = [];
  const memory = new CallMemory(aws.send);
  const { types = ['AWS::EC2::Instance'], ...others } = settings;
  const onGap = (gap: Gap) => gaps.push(gap);
  const reader = readerOf({ service: 'ec2', types, target, memory, onGap, ...others });
  return { read: reader as unknown as Reader<'ec2', 'DescribeInstances' | 'DescribeSnapshots'>, gaps, memory };
}

export const ACCOUNT = target.accountId;

/** What some collectors make of a fake AWS, in one account that is its own management account. */
export async function collectFrom(
  collectors: readonly AnyCollector[],
  rules: Readonly<Record<string, Rule>>,
  regions: readonly string[] = ['eu-west-1'],
) {
  const aws = fakeAws(rules);
  const accounts = [accountOf(ACCOUNT, regions)];
  const options = { send: aws.send, partition: 'aws', accounts, managementAccountId: ACCOUNT, collectors };
  for await (const { resources, gaps } of collect(options)) {
    return { resources: resources.filter(({ type }) => type !== 'AWS::::Account'), gaps, calls: aws.calls };
  }
  throw new Error('nothing was collected');
}

/** `operation region` of each call. */
export function names(calls: readonly ApiCall[]): string[] {
  return calls.map(({ operation, region }) => `${operation} ${region}`);
}
