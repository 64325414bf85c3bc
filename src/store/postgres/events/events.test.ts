import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Queries } from '../database.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { EventInbox, type DecisionRow } from './event-inbox.js';
import { RuleBook } from './rule-book.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

let postgres: TestPostgres;
let database: Database;
let inbox: EventInbox;

beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
beforeEach(async () => {
  database = await postgres.database();
  inbox = new EventInbox(database);
});
afterAll(() => postgres?.stop());

const event = (id: string) => ({ id, source: 'test', body: { id, detail: {} } });
const decision: DecisionRow = { rule: 'r', fired: true, why: 'its pattern matches', actions: [] };
const options = { now: NOW, attemptsMax: 3 };

describe('events on their way', () => {
  it('are taken in once, however often they arrive', async () => {
    expect(await inbox.take(event('a'), NOW)).toBe(true);
    expect(await inbox.take(event('a'), NOW)).toBe(false);
    expect(await inbox.counts(3)).toMatchObject({ waiting: 1 });
  });

  it('are decided oldest first, each by one worker', async () => {
    for (const [at, id] of ['a', 'b', 'c'].entries()) await inbox.take(event(id), later(at));
    const seen: string[] = [];
    const work = async ({ id }: { id: string }) => {
      seen.push(id);
      await new Promise((done) => setTimeout(done, 20));
      return [decision];
    };
    await Promise.all([0, 1, 2].map(() => inbox.workOnNext(work, options)));
    expect([...seen].sort()).toEqual(['a', 'b', 'c']);
    expect(await inbox.workOnNext(work, options)).toBe(false);
    expect(await inbox.decisions({ limit: 10 })).toHaveLength(3);
  });

  it('are no attempt nearer to being given up when the database goes away', async () => {
    await inbox.take(event('patient'), NOW);
    const breaks = async (_event: unknown, client: Queries) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await database.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await client.query('select 1');
      return [decision];
    };
    for (let attempt = 0; attempt < 4; attempt++) await expect(inbox.workOnNext(breaks, options)).rejects.toThrow();
    expect(await inbox.counts(3)).toMatchObject({ waiting: 1, aside: 0 });
    expect(await inbox.workOnNext(() => Promise.resolve([decision]), options)).toBe(true);
    expect(await inbox.counts(3)).toMatchObject({ waiting: 0, aside: 0 });
  });

  it('are told with their error when they were given up, and may be tried again', async () => {
    await inbox.take(event('bad'), NOW);
    for (let attempt = 0; attempt < 3; attempt++) {
      await inbox.workOnNext(() => Promise.reject(new Error('no such control')), options);
    }
    expect(await inbox.failures(3, 10)).toMatchObject([
      { kind: 'event', id: 'bad', eventId: 'bad', rule: null, error: 'no such control' },
    ]);
    expect(await inbox.retryFailures(3, NOW)).toBe(1);
    expect(await inbox.failures(3, 10)).toEqual([]);
    const deliver = async (_event: unknown, client: Queries) => {
      await inbox.enqueue(client, { id: 'd', eventId: 'bad', rule: 'r', target: { kind: 'sqs' } }, NOW);
      return [decision];
    };
    await inbox.workOnNext(deliver, options);
    const send = () => Promise.reject(new Error('no such queue'));
    expect(await inbox.deliverNext(send, { now: () => NOW, attemptsMax: 1, pauseMs: () => 0 })).toBe('failed');
    expect(await inbox.failures(3, 10)).toMatchObject([
      { kind: 'delivery', id: 'd', eventId: 'bad', rule: 'r', target: 'sqs', error: 'no such queue' },
    ]);
    expect(await inbox.retryFailures(3, NOW)).toBe(1);
    expect(await inbox.deliverNext(() => Promise.resolve(), { now: () => NOW, attemptsMax: 1, pauseMs: () => 0 })).toBe(
      'done',
    );
  });

  it('wait again when deciding fails, and leave nothing half-done', async () => {
    await inbox.take(event('a'), NOW);
    await inbox.workOnNext(async (_event, client) => {
      await inbox.enqueue(client, { id: 'd', eventId: 'a', rule: 'r', target: {} }, NOW);
      throw new Error('no luck');
    }, options);
    expect(await inbox.counts(3)).toEqual({ waiting: 1, aside: 0, deliveriesWaiting: 0, deliveriesFailed: 0 });
    expect(await inbox.workOnNext(async () => [decision], options)).toBe(true);
    expect(await inbox.counts(3)).toMatchObject({ waiting: 0 });
  });

  it('that can never be decided are put aside, kept, and do not stop the others', async () => {
    await inbox.take(event('bad'), NOW);
    await inbox.take(event('good'), later(1));
    const work = async ({ id }: { id: string }) => {
      if (id === 'bad') throw new Error('cannot');
      return [decision];
    };
    while (await inbox.workOnNext(work, options));
    expect(await inbox.counts(3)).toMatchObject({ waiting: 0, aside: 1 });
    const { rows } = await database.query('select last_error from hikeshi.event where decided_at is null');
    expect(rows).toEqual([{ last_error: 'cannot' }]);
  });
});

describe('deliveries', () => {
  const sending = { now: () => NOW, attemptsMax: 2, pauseMs: () => 10_000 };
  const given = async () => {
    await inbox.take(event('a'), NOW);
    await inbox.workOnNext(async (_event, client) => {
      await inbox.enqueue(client, { id: 'd', eventId: 'a', rule: 'r', target: { kind: 'sqs' } }, NOW);
      return [decision];
    }, options);
  };

  it('are made once they are due, with their event', async () => {
    await given();
    const sent: unknown[] = [];
    const send = async (delivery: unknown) => void sent.push(delivery);
    expect(await inbox.deliverNext(send, sending)).toBe('done');
    expect(await inbox.deliverNext(send, sending)).toBe('none');
    expect(sent).toMatchObject([{ id: 'd', target: { kind: 'sqs' }, body: { id: 'a' } }]);
  });

  it('are tried again later, and given up in the end with their error', async () => {
    await given();
    const fail = () => Promise.reject(new Error('refused'));
    expect(await inbox.deliverNext(fail, sending)).toBe('again');
    expect(await inbox.deliverNext(fail, sending)).toBe('none');
    expect(await inbox.deliverNext(fail, { ...sending, now: () => later(11) })).toBe('failed');
    expect(await inbox.counts(3)).toMatchObject({ deliveriesFailed: 1 });
  });

  it('keep their event from being forgotten until they are made', async () => {
    await given();
    expect(await inbox.forget(later(60), 100)).toBe(0);
    await inbox.deliverNext(async () => undefined, sending);
    expect(await inbox.forget(later(60), 100)).toBe(1);
    expect(await inbox.decisions({ limit: 10 })).toEqual([]);
  });
});

it('rules are kept with who changed them, and every change moves the revision', async () => {
  const book = new RuleBook<{ enabled: boolean }>(database);
  const before = await book.revision();
  await book.putRule('one', { enabled: true }, 'ann', NOW);
  await book.putRule('one', { enabled: false }, 'bob', later(1));
  expect(await book.rules()).toEqual([
    { name: 'one', document: { enabled: false }, updatedAt: later(1).toISOString(), updatedBy: 'bob' },
  ]);
  expect(await book.removeRule('one')).toBe(true);
  expect(await book.removeRule('one')).toBe(false);
  expect(await book.revision()).toBeGreaterThan(before + 2);
});
