import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { fakeAws, readerFor } from './testing.fixture.js';

const INSTANCE = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1';
const reservations = (page: { readonly Reservations?: readonly unknown[] | undefined }) => page.Reservations;

/** DescribeInstances in pages of one: token `1` follows the first page. */
const pages =
  (count: number) =>
  ({ input }: { input: Readonly<Record<string, unknown>> }) => {
    const page = Number(input['NextToken'] ?? 0);
    const more = page + 1 < count ? { NextToken: String(page + 1) } : {};
    return { Reservations: [{ ReservationId: `r-${page}` }], ...more };
  };

describe('a listing', () => {
  it('is read to its last page', async () => {
    const aws = fakeAws({ DescribeInstances: pages(3) });
    const { read, gaps } = readerFor(aws);
    const items = await read.list('DescribeInstances', { MaxResults: 5 }, reservations);
    expect(items).toEqual([{ ReservationId: 'r-0' }, { ReservationId: 'r-1' }, { ReservationId: 'r-2' }]);
    expect(aws.calls.map(({ input }) => input)).toEqual([
      { MaxResults: 5 },
      { MaxResults: 5, NextToken: '1' },
      { MaxResults: 5, NextToken: '2' },
    ]);
    expect(gaps).toEqual([]);
  });

  it('that fails half-way keeps what came before, with a gap over its types', async () => {
    const second = pages(9);
    const aws = fakeAws({
      DescribeInstances: (call) => (call.input['NextToken'] === '2' ? 'RequestLimitExceeded' : second(call)),
    });
    const { read, gaps } = readerFor(aws);
    expect(await read.list('DescribeInstances', {}, reservations)).toHaveLength(2);
    expect(gaps).toEqual([
      {
        accountId: '111122223333',
        region: 'eu-west-1',
        service: 'ec2',
        operation: 'DescribeInstances',
        types: ['AWS::EC2::Instance'],
        error: { code: 'RequestLimitExceeded', message: 'DescribeInstances failed with RequestLimitExceeded' },
      },
    ]);
  });

  it('that answers the same token for ever ends in a gap', async () => {
    const aws = fakeAws({ DescribeInstances: { Reservations: [{}], NextToken: 'again' } });
    const { read, gaps } = readerFor(aws);
    expect(await read.list('DescribeInstances', {}, reservations)).toHaveLength(2);
    expect(aws.calls).toHaveLength(2);
    expect(gaps.map(({ error }) => error.code)).toEqual(['EndlessListing']);
  });

  it('that answers tokens in a circle ends in a gap', async () => {
    const aws = fakeAws({
      DescribeInstances: ({ input }) => ({ NextToken: input['NextToken'] === 'b' ? 'c' : 'b' }),
    });
    const { read, gaps } = readerFor(aws);
    await read.list('DescribeInstances', {}, reservations);
    expect(aws.calls).toHaveLength(3);
    expect(gaps.map(({ error }) => error.code)).toEqual(['EndlessListing']);
  });

  it('that never runs out of new tokens ends in a gap', async () => {
    const aws = fakeAws({ DescribeInstances: pages(Number.POSITIVE_INFINITY) });
    const { read, gaps } = readerFor(aws);
    expect(await read.list('DescribeInstances', {}, reservations)).toHaveLength(10_000);
    expect(gaps.map(({ error }) => error.code)).toEqual(['EndlessListing']);
  });

  it('whose answer is no list is a gap, not a crash', async () => {
    const aws = fakeAws({ DescribeInstances: { Reservations: { item: 'one' } } });
    const { read, gaps } = readerFor(aws);
    expect(await read.list('DescribeInstances', {}, reservations)).toEqual([]);
    expect(gaps.map(({ error }) => error.code)).toEqual(['UnexpectedAnswer']);
  });

  it('of one resource is nothing at all when any page fails', async () => {
    const aws = fakeAws({
      DescribeInstances: ({ input }) => (input['NextToken'] === '1' ? 'Oops' : pages(2)({ input })),
    });
    const { read, gaps } = readerFor(aws);
    expect(await read.details('DescribeInstances', {}, reservations, INSTANCE)).toBeUndefined();
    expect(gaps[0]).toMatchObject({ operation: 'DescribeInstances', resourceArn: INSTANCE, error: { code: 'Oops' } });
  });
});

describe('a detail', () => {
  const table = [
    { name: 'that is there is its answer', rule: { State: 'on' }, answer: { State: 'on' }, gap: [] },
    { name: 'that AWS says is absent is null and no gap', rule: 'NoSuchThing', answer: null, gap: [] },
    {
      name: 'that is denied is undefined, with a gap about its resource',
      rule: 'UnauthorizedOperation',
      answer: undefined,
      gap: [{ code: 'UnauthorizedOperation', of: INSTANCE }],
    },
    {
      name: 'that the server does not know is a gap',
      rule: 'NotImplemented',
      answer: undefined,
      gap: [{ code: 'NotImplemented', of: INSTANCE }],
    },
  ] as const;

  it.each(table)('$name', async ({ rule, answer, gap }) => {
    const { read, gaps } = readerFor(fakeAws({ DescribeInstances: rule }));
    expect(await read.detail('DescribeInstances', {}, INSTANCE, ['NoSuchThing'])).toEqual(answer);
    expect(gaps.map(({ error, resourceArn }) => ({ code: error.code, of: resourceArn }))).toEqual(gap);
  });

  it('of another resource than the only one asked for is not read', async () => {
    const aws = fakeAws({ DescribeInstances: {} });
    const { read, gaps } = readerFor(aws, { only: new Set([INSTANCE]) });
    expect(await read.detail('DescribeInstances', {}, `${INSTANCE}2`)).toBeUndefined();
    expect(await read.details('DescribeInstances', {}, reservations, `${INSTANCE}2`)).toBeUndefined();
    expect(aws.calls).toEqual([]);
    expect(await read.detail('DescribeInstances', {}, INSTANCE)).toEqual({});
    expect(gaps).toEqual([]);
  });
});

it.each([
  { name: 'one line of an error is kept', message: 'not found\n<html>', expected: 'not found' },
  { name: 'an endless line of an error is cut', message: 'x'.repeat(5000), expected: `${'x'.repeat(1000)}…` },
])('$name', async ({ message, expected }) => {
  const send = (call: ApiCall) => Promise.reject(new ApiError(call, 'Oops', message));
  const { read, gaps } = readerFor({ send, calls: [] });
  await read.one('DescribeInstances', {});
  expect(gaps.map(({ error }) => error.message)).toEqual([expected]);
});

describe('what concerns a whole region', () => {
  it('is a gap over the types when it fails', async () => {
    const { read, gaps } = readerFor(fakeAws({ DescribeInstances: 'InternalError' }));
    expect(await read.one('DescribeInstances', {})).toBeUndefined();
    expect(gaps).toMatchObject([{ types: ['AWS::EC2::Instance'], error: { code: 'InternalError' } }]);
    expect(gaps[0]).not.toHaveProperty('resourceArn');
  });

  it('can be asked of another region, and its gap is still of the region being read', async () => {
    const aws = fakeAws({ DescribeInstances: 'InternalError' });
    const { read, gaps } = readerFor(aws);
    await read.in('us-east-1').one('DescribeInstances', {});
    expect(aws.calls.map(({ region }) => region)).toEqual(['us-east-1']);
    expect(gaps.map(({ region }) => region)).toEqual(['eu-west-1']);
  });
});

describe('no call is made twice', () => {
  it('not after, not at the same time, and not in another order of members', async () => {
    const aws = fakeAws({ DescribeInstances: { Reservations: [] } });
    const { read, memory } = readerFor(aws);
    await Promise.all([
      read.one('DescribeInstances', { MaxResults: 5, DryRun: false }),
      read.one('DescribeInstances', { DryRun: false, MaxResults: 5 }),
    ]);
    await read.list('DescribeInstances', { MaxResults: 5, DryRun: false }, reservations);
    expect(aws.calls).toHaveLength(1);
    expect(memory.calls).toBe(1);
    await read.in('us-east-1').one('DescribeInstances', { MaxResults: 5, DryRun: false });
    expect(aws.calls).toHaveLength(2);
  });

  it('not even one that failed, which is a gap for everyone who needed it', async () => {
    const aws = fakeAws({ DescribeInstances: 'InternalError' });
    const { read, gaps } = readerFor(aws);
    await Promise.all([read.one('DescribeInstances', {}), read.detail('DescribeInstances', {}, INSTANCE)]);
    expect(aws.calls).toHaveLength(1);
    expect(gaps).toHaveLength(2);
  });
});

describe('what is no answer of AWS', () => {
  it('is thrown on: it is a bug, or nothing works any more', async () => {
    const { read } = readerFor({ send: () => Promise.reject(new Error('no credentials')), calls: [] });
    await expect(read.one('DescribeInstances', {})).rejects.toThrow('no credentials');
    await expect(read.list('DescribeInstances', {}, reservations)).rejects.toThrow('no credentials');
  });

  it('a raised signal stops the next call', async () => {
    const stop = new AbortController();
    const aws = fakeAws({
      DescribeInstances: (call) => {
        stop.abort();
        return pages(5)(call);
      },
    });
    const { read } = readerFor(aws, { signal: stop.signal });
    await expect(read.list('DescribeInstances', {}, reservations)).rejects.toMatchObject({ code: 'interrupted' });
    expect(aws.calls).toHaveLength(1);
  });
});
