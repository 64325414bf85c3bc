import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../aws/send.js';
import { TokenBucket } from '../../aws/token-bucket.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import { ApiError } from '../../reference/api-error.js';
import { inProcessDoor } from '../../twin/in-process-door.js';
import { twinFor, type TestTwin } from '../../twin/testing.fixture.js';
import { pullFindings, readRate, type PullCursor, type PullPage } from './pull-findings.js';
import { importRate, pushFindings, type PushOptions } from './push-findings.js';

const ACCOUNT = '111111111111';
const place = { accountId: ACCOUNT, region: 'us-east-1' };
const UNTIL = '2026-02-01T00:00:00.000Z';

let twin: TestTwin;
let send: Send;
let close: () => void;
let calls: ApiCall[];

beforeEach(async () => {
  twin = twinFor(place);
  const connection = connect({
    credentialsFor: (accountId) => twin.twin.rootCredential(accountId),
    homeRegion: place.region,
    endpoint: 'https://twin.invalid',
    door: inProcessDoor(twin.twin),
    polite: false,
    pace: { nowMs: () => 0, sleep: () => Promise.resolve() },
  });
  ({ close } = connection);
  await connection.send({ ...place, service: 'securityhub', operation: 'EnableSecurityHub', input: {} });
  calls = [];
  send = (call, onAnswer) => {
    calls.push(call);
    return connection.send(call, onAnswer);
  };
});
afterEach(() => close());

const pushing = (more: Partial<PushOptions> = {}): PushOptions => ({
  send,
  place,
  turn: () => Promise.resolve(),
  sleep: () => Promise.resolve(),
  ...more,
});
const some = (count: number, more: Partial<AsffFinding> = {}) =>
  Array.from({ length: count }, (_, index) => asffFinding({ Id: `finding-${index}`, ...more }));
const sizes = () => calls.map(({ input }) => (input['Findings'] as unknown[]).length);

async function pulled(from: PullCursor, pages = Infinity): Promise<PullPage[]> {
  const all: PullPage[] = [];
  for await (const page of pullFindings(from, { send, place, turn: () => Promise.resolve() })) {
    all.push(page);
    if (all.length >= pages) break;
  }
  return all;
}
const ids = (pages: readonly PullPage[]) =>
  pages.flatMap(({ findings }) => findings.map(({ Id = '' }) => Id)).toSorted();

describe('findings that are pushed to Security Hub', () => {
  it('go a hundred at a time, and are there', async () => {
    const findings = some(205);
    expect(await pushFindings(findings, pushing())).toEqual({ pushed: 205, failed: [] });
    expect(sizes()).toEqual([100, 100, 5]);
    expect(ids(await pulled({ until: UNTIL }))).toEqual(findings.map(({ Id = '' }) => Id).toSorted());
  });

  it('fill no call beyond six megabytes', async () => {
    const bodies: number[] = [];
    const count: Send = async ({ input }) => {
      bodies.push(Buffer.byteLength(JSON.stringify(input)));
      return {};
    };
    const large = some(60, { UserDefinedFields: { long: 'é'.repeat(100_000) } });
    expect(await pushFindings(large, pushing({ send: count }))).toEqual({ pushed: 60, failed: [] });
    expect(bodies.length).toBe(3);
    expect(bodies.filter((bytes) => bytes > 6_000_000)).toEqual([]);
  });

  it('that are refused are reported each with its reason; the others are taken', async () => {
    const findings = [
      asffFinding({ Id: 'good' }),
      asffFinding({ Id: 'bad', Title: 'x'.repeat(300) }),
      asffFinding({ Id: 'large', UserDefinedFields: { long: 'x'.repeat(250_000) } }),
    ];
    const { pushed, failed } = await pushFindings(findings, pushing());
    expect(pushed).toBe(1);
    expect(failed).toMatchObject([
      { Id: 'large', code: 'too-large' },
      { Id: 'bad', code: 'InvalidInput' },
    ]);
    expect(failed.every(({ message }) => message !== '')).toBe(true);
    expect(ids(await pulled({ until: UNTIL }))).toEqual(['good']);
  });

  it.each([
    ['account', { AwsAccountId: '222222222222' }],
    ['product', { ProductArn: 'arn:aws:securityhub:us-east-1:222222222222:product/222222222222/default' }],
  ])('of another %s are never sent', async (_name, more) => {
    const { pushed, failed } = await pushFindings([asffFinding(more)], pushing());
    expect([pushed, failed.map(({ code }) => code), calls]).toEqual([0, ['other-account'], []]);
  });

  it('are sent again when AWS asks for patience, later each time, and not for ever', async () => {
    const waits: number[] = [];
    const sleep = async (milliseconds: number) => void waits.push(milliseconds);
    let left = 2;
    const throttled: Send = async (call) => {
      left -= 1;
      if (left >= 0) throw new ApiError(call, 'TooManyRequestsException', 'slow down', 429);
      return send(call);
    };
    expect(await pushFindings(some(1), pushing({ send: throttled, sleep }))).toEqual({ pushed: 1, failed: [] });
    expect(waits).toEqual([1_000, 2_000]);
    left = 1_000;
    expect(await pushFindings(some(1), pushing({ send: throttled, sleep }))).toMatchObject({
      pushed: 0,
      failed: [{ Id: 'finding-0', code: 'TooManyRequestsException', message: 'slow down' }],
    });
  });

  it('are not sent again for any other reason; what was taken before counts, what comes after is told', async () => {
    let tries = 0;
    const findings = some(250);
    const denied: Send = async (call) => {
      tries += 1;
      if (tries === 1) return send(call);
      throw new ApiError(call, 'AccessDeniedException', 'no', 403);
    };
    const { pushed, failed } = await pushFindings(findings, pushing({ send: denied }));
    expect([pushed, failed.map(({ Id }) => Id)]).toEqual([100, findings.slice(100).map(({ Id = '' }) => Id)]);
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['AccessDeniedException']));
    expect(tries).toBe(2);
  });
});

describe('findings that are pulled from Security Hub', () => {
  it('are those of the window; from a time on archived ones are told too', async () => {
    const at = (Id: string, UpdatedAt: string, more: Partial<AsffFinding> = {}) =>
      asffFinding({ Id, UpdatedAt, ...more });
    await pushFindings(
      [
        at('old', '2026-01-02T00:00:00.000Z'),
        at('new', '2026-01-20T00:00:00.000Z'),
        at('gone', '2026-01-20T00:00:00.000Z', { RecordState: 'ARCHIVED' }),
        at('later', '2026-02-02T00:00:00.000Z'),
      ],
      pushing(),
    );
    expect(ids(await pulled({ until: UNTIL }))).toEqual(['new', 'old']);
    const since = await pulled({ since: '2026-01-10T00:00:00.000Z', until: UNTIL });
    expect(ids(since)).toEqual(['gone', 'new']);
    expect(since.at(-1)?.next).toEqual({ kind: 'window', since: '2026-01-31T23:00:00.000Z' });
  });

  it('go on from a cursor that was kept as JSON', async () => {
    await pushFindings(some(250), pushing());
    const first = await pulled({ until: UNTIL }, 1);
    const { next } = first[0]!;
    if (next.kind !== 'page') throw new Error('there are more pages');
    const rest = await pulled(JSON.parse(JSON.stringify(next.cursor)) as PullCursor);
    expect(rest.length).toBe(2);
    expect(ids([...first, ...rest])).toEqual(
      some(250)
        .map(({ Id = '' }) => Id)
        .toSorted(),
    );
  });
});

describe('the pace', () => {
  const waited = async (
    rate: { ratePerSecond: number; burst: number },
    work: (turn: () => Promise<void>) => Promise<unknown>,
  ) => {
    let now = 0;
    const sleep = async (milliseconds: number) => void (now += milliseconds);
    const bucket = new TokenBucket(rate.ratePerSecond, rate.burst, { nowMs: () => now, sleep });
    await work(() => bucket.take());
    return Math.round(now);
  };

  it('lets 30 calls be made at once and then 10 a second, of BatchImportFindings', async () => {
    const nothing: Send = async () => ({});
    const push = (turn: () => Promise<void>) => pushFindings(some(4_000), pushing({ send: nothing, turn }));
    expect(await waited(importRate, push)).toBe(1_000);
  });

  it('lets 6 calls be made at once and then 3 a second, of GetFindings', async () => {
    let pages = 9;
    const paged: Send = async () => ({ Findings: [], ...(--pages > 0 ? { NextToken: 't' } : {}) });
    const pull = async (turn: () => Promise<void>) => {
      for await (const page of pullFindings({ until: UNTIL }, { send: paged, place, turn }))
        expect(page.findings).toEqual([]);
    };
    expect(await waited(readRate, pull)).toBe(1_000);
  });
});
