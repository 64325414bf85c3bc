import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.js';
import type { ApiCall, Send } from '../reference/api-call.js';
import { outputOf } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { follow, itemWith, observe, resolveCall, satisfies } from './check.js';
import type { Expectation } from './playbook.js';

const answer = {
  SecurityGroups: [
    { GroupId: 'sg-1', IpPermissions: [{ FromPort: 22 }, { FromPort: 80 }] },
    { GroupId: 'sg.2', IpPermissions: [] },
  ],
  Encrypted: false,
};
const read: ApiCall = { service: 'ec2', operation: 'DescribeSecurityGroups', accountId: '1', region: 'r', input: {} };

describe('a path', () => {
  const cases: readonly { path: string; leadsTo: Json | undefined }[] = [
    { path: '', leadsTo: answer },
    { path: 'Encrypted', leadsTo: false },
    { path: 'SecurityGroups.0.GroupId', leadsTo: 'sg-1' },
    { path: `SecurityGroups.${itemWith('GroupId', 'sg-1')}.IpPermissions.1.FromPort`, leadsTo: 80 },
    { path: `SecurityGroups.${itemWith('GroupId', 'sg.2')}.IpPermissions`, leadsTo: [] },
    { path: `SecurityGroups.${itemWith('GroupId', 'sg-3')}.IpPermissions`, leadsTo: undefined },
    { path: 'Encrypted.More', leadsTo: undefined },
    { path: '__proto__.polluted', leadsTo: undefined },
    { path: 'constructor', leadsTo: undefined },
  ];
  it.each(cases)('`$path` leads to $leadsTo', ({ path, leadsTo }) => {
    expect(follow(answer, path)).toEqual(leadsTo);
  });
});

describe('an expectation', () => {
  const cases: readonly { name: string; value: unknown; expectation: Expectation; holds: boolean }[] = [
    { name: 'equal values', value: { a: 1, b: 2 }, expectation: { equals: { b: 2, a: 1 } }, holds: true },
    { name: 'lists in another order', value: [1, [3, 2]], expectation: { equals: [[2, 3], 1] }, holds: true },
    { name: 'a list with an item twice', value: [1, 1], expectation: { equals: [1] }, holds: false },
    { name: 'a missing value is not an empty list', value: undefined, expectation: { equals: [] }, holds: false },
    { name: 'null is missing', value: null, expectation: { missing: true }, holds: true },
    { name: 'an empty list is not missing', value: [], expectation: { missing: true }, holds: false },
    { name: 'a list that contains', value: [{ a: 1 }], expectation: { contains: { a: 1 } }, holds: true },
    { name: 'a list item must be whole', value: [{ a: 1, b: 2 }], expectation: { contains: { a: 1 } }, holds: false },
    { name: 'nothing lacks everything', value: undefined, expectation: { lacks: 1 }, holds: true },
    { name: 'a list that does not lack', value: [1], expectation: { lacks: 1 }, holds: false },
    { name: 'one of several', value: 'b', expectation: { oneOf: ['a', 'b'] }, holds: true },
    {
      name: 'a document in another order',
      value: '{"a":["1","2"],"b":["x"]}',
      expectation: { document: '{"b":"x","a":["2","1"]}' },
      holds: true,
    },
    { name: 'another document', value: '{"a":"1"}', expectation: { document: '{"a":"2"}' }, holds: false },
    { name: 'a document that is not JSON', value: '{', expectation: { document: '{"a":"2"}' }, holds: false },
    { name: 'no document', value: undefined, expectation: { document: '{}' }, holds: false },
    { name: 'none of several', value: 'c', expectation: { oneOf: ['a', 'b'] }, holds: false },
  ];
  it.each(cases)('$name: $holds', ({ value, expectation, holds }) => {
    expect(satisfies(value, expectation)).toBe(holds);
  });
});

describe('a check', () => {
  const failing: Send = (call) => Promise.reject(new ApiError(call, 'NoSuchBucketPolicy', 'none', 404));

  it('counts an `absent` error code as "there is none"', async () => {
    const check = { read, path: 'Policy', expect: { missing: true }, absent: ['NoSuchBucketPolicy'] } as const;
    expect(await observe(check, failing, new Map())).toMatchObject({ holds: true, observed: undefined });
  });

  it('throws on any other error: an unreadable before-value is no before-value', async () => {
    const check = { read, path: 'Policy', expect: { missing: true } } as const;
    await expect(observe(check, failing, new Map())).rejects.toThrow(ApiError);
  });

  it('can look for what an earlier step answered', async () => {
    const outputs = new Map([['create', { FlowLogIds: ['fl-1'] }]]);
    const send: Send = (call) =>
      Promise.resolve({ FlowLogs: [{ FlowLogId: 'fl-1', FlowLogStatus: call.input['Id'] }] });
    const check = {
      read: { ...read, input: { Id: outputOf('create', 'FlowLogIds.0') } },
      path: 'FlowLogs.FlowLogId={create:FlowLogIds.0}.FlowLogStatus',
      expect: { equals: 'fl-1' },
    };
    expect(await observe(check, send, outputs)).toMatchObject({ holds: true });
  });
});

it('a reference to what no step answered is a bug in the plan, named', () => {
  expect(() => resolveCall({ ...read, input: { Id: outputOf('create', 'Nope') } }, new Map([['create', {}]]))).toThrow(
    'the plan refers to `Nope` of step `create`',
  );
});
