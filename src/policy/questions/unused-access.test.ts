import { describe, expect, it, test } from 'vitest';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import type { ActionElement } from '../document/policy.js';
import { lastAccessedRecord, type ServiceLastAccessed } from './last-accessed.js';
import { callRecord, unusedAccess, type UseRecord } from './unused-access.js';

const estate = demoOrganization({ accounts: 12, seed: 1, now: new Date('2026-06-01T00:00:00.000Z') });
const [user] = [...estate.list('AWS::IAM::User')].filter(({ configuration }) => configuration.UserName === 'ci-deploy');
const identityArn = user?.arn ?? '';
const of = (action?: string) =>
  unusedAccess(estate, [callRecord(action === undefined ? [] : [{ identityArn, action }])]).filter(
    ({ principal }) => principal === identityArn,
  );

it('is everything, of one who was never seen', () => {
  expect(of()).toMatchObject([{ actions: ['s3:*', 's3-object-lambda:*'], whole: true }]);
});

it('is what no recorded call met', () => {
  expect(of('s3:GetObject')).toMatchObject([{ actions: ['s3-object-lambda:*'], whole: false }]);
});

it('is not lessened by calls that the statement does not grant', () => {
  expect(of('sqs:SendMessage')).toMatchObject([{ whole: true }]);
});

describe("by IAM's last-accessed data", () => {
  const since = new Date('2026-03-01T00:00:00.000Z');
  const [recent, old] = ['2026-05-01T00:00:00Z', '2025-05-01T00:00:00Z'];
  const record = (...services: ServiceLastAccessed[]): UseRecord =>
    lastAccessedRecord(new Map([[identityArn, services]]), since);
  const element = (patterns: string[], negated = false): ActionElement => ({ negated, patterns, written: patterns });
  const s3: ServiceLastAccessed = {
    namespace: 's3',
    lastAuthenticated: recent,
    actions: [
      { name: 'ListAllMyBuckets', lastAccessed: recent },
      { name: 'CreateBucket', lastAccessed: old },
      { name: 'DeleteBucket' },
    ],
  };
  const idle: ServiceLastAccessed = { namespace: 'sqs', lastAuthenticated: old };
  const never: ServiceLastAccessed = { namespace: 'sns' };

  test.each<[string, string, 'used' | 'unused' | 'unknown']>([
    ['a service that was never used', 'sns:publish', 'unused'],
    ['a service that was used too long ago', 'sqs:*', 'unused'],
    ['a tracked action that was used', 's3:listallmybuckets', 'used'],
    ['a pattern that meets one that was used', 's3:*', 'used'],
    ['a tracked action that was used too long ago', 's3:createbucket', 'unused'],
    ['a tracked action that was never used', 's3:deletebucket', 'unused'],
    ['an action that IAM does not track, of a service in use', 's3:getobject', 'unknown'],
    ['a pattern that may mean actions beside those that IAM tracks', 's3:delete*', 'unknown'],
    ['a service that the data does not know', 'kms:decrypt', 'unknown'],
    ['everything, where something is used', '*', 'used'],
  ])('%s', (_, pattern, expected) => {
    expect(record(s3, idle, never).use(identityArn, element([pattern]))).toEqual([expected]);
  });

  it('says nothing of an identity that it does not know', () => {
    expect(record(s3).use('arn:aws:iam::111122223333:user/other', element(['s3:*', 'sns:*']))).toEqual([
      'unknown',
      'unknown',
    ]);
  });

  it('says of all but some actions whether any other service is used', () => {
    expect(record(s3, idle).use(identityArn, element(['s3:*'], true))).toEqual(['unused']);
    expect(record(s3, idle).use(identityArn, element(['sqs:*'], true))).toEqual(['unknown']);
  });

  it('tells the grants, and a recorded call outweighs it', () => {
    const unused = (...records: UseRecord[]) =>
      unusedAccess(estate, records).filter(({ principal }) => principal === identityArn);
    const data = record({ namespace: 's3', lastAuthenticated: old }, { namespace: 's3-object-lambda' });
    expect(unused(data)).toMatchObject([{ actions: ['s3:*', 's3-object-lambda:*'], whole: true }]);
    const calls = callRecord([{ identityArn, action: 's3:GetObject' }]);
    expect(unused(data, calls)).toMatchObject([{ actions: ['s3-object-lambda:*'], whole: false }]);
    expect(unused(record(s3))).toEqual([]);
  });
});
