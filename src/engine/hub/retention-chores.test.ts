import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import { findingRules } from '../../findings/hub/finding-rules.js';
import type { Database } from '../../store/postgres/database.js';
import { AutomationFirings } from '../../store/postgres/events/automation-firings.js';
import { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { PostgresFindingHub } from '../../store/postgres/findings/postgres-finding-hub.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { forgetOld, keepRetention } from './retention-chores.js';

const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number));
const policy = { closedDays: 30, historyDays: 60, eventDays: 7 };

let postgres: TestPostgres;
let database: Database;
let hub: PostgresFindingHub;
let inbox: EventInbox;
let firings: AutomationFirings;

beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
beforeEach(async () => {
  database = await postgres.database();
  hub = new PostgresFindingHub(
    database,
    findingRules(() => day(0)),
  );
  inbox = new EventInbox(database);
  firings = new AutomationFirings(database);
  const UpdatedAt = day(0).toISOString();
  await hub.importFindings(
    [asffFinding({ Id: 'open', UpdatedAt }), asffFinding({ Id: 'closed', UpdatedAt, RecordState: 'ARCHIVED' })],
    { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product' }, now: day(0) },
  );
  for (const id of ['decided', 'waiting']) await inbox.take({ id, source: 'test', body: {} }, day(0));
  await database.query("update hikeshi.event set decided_at = $1 where id = 'decided'", [day(0)]);
  const rule = { RuleArn: 'arn:rule', RuleName: 'rule' };
  const identifier = { Id: 'open', ProductArn: asffFinding().ProductArn };
  await firings.record([{ identifier, accountId: '111111111111', at: day(0), rule }]);
});
afterAll(() => postgres?.stop());

const left = async () => ({
  findings: (await hub.findings({ limit: 100 })).findings.map(({ Id = '' }) => Id).toSorted(),
  events: (await database.query<{ id: string }>('select id from hikeshi.event order by id')).rows.map(({ id }) => id),
});
const everything = { findings: ['closed', 'open'], events: ['decided', 'waiting'] };

it('what is over goes when its days are over; what is open or waits stays', async () => {
  expect(await forgetOld(database, policy, day(6))).toEqual({ findings: 0, history: 0, events: 0 });
  expect(await left()).toEqual(everything);
  expect(await firings.newest({ limit: 9 })).toHaveLength(1);
  expect(await forgetOld(database, policy, day(10))).toMatchObject({ findings: 0, events: 1 });
  expect(await firings.newest({ limit: 9 })).toEqual([]);
  expect(await left()).toEqual({ ...everything, events: ['waiting'] });
  expect(await forgetOld(database, policy, day(100))).toMatchObject({ findings: 1, events: 0 });
  expect(await left()).toEqual({ findings: ['open'], events: ['waiting'] });
});

it('a hub forgets by itself, and has ended what it does when it is closed', async () => {
  const errors: unknown[] = [];
  const end = keepRetention(
    database,
    policy,
    () => day(100),
    (error) => errors.push(error),
  );
  for (let tries = 0; tries < 200 && (await left()).findings.length > 1; tries++) {
    await new Promise((done) => setTimeout(done, 25));
  }
  await end();
  await database.close();
  expect(errors).toEqual([]);
});

it('what fails is told, and nothing is deleted by a policy that makes no sense', async () => {
  const errors: unknown[] = [];
  const end = keepRetention(
    database,
    { ...policy, closedDays: 0 },
    () => day(100),
    (error) => errors.push(error),
  );
  for (let tries = 0; tries < 200 && errors.length === 0; tries++) await new Promise((done) => setTimeout(done, 25));
  await end();
  expect(String(errors[0])).toContain('closedDays');
  expect((await left()).findings).toEqual(everything.findings);
});
