import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { Database } from '../database.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { BLOCK_MAX } from './blocks.js';
import { plainRules } from './plain-rules.fixture.js';
import { PostgresFindingHub } from './postgres-finding-hub.js';
import { retain } from './retention.js';

let postgres: TestPostgres;
let database: Database;
let hub: PostgresFindingHub;
beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number));
const importer = { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product' } as const;
const person = { type: 'BATCH_UPDATE_FINDINGS', identity: 'mori' } as const;
const productArn = 'arn:aws:securityhub:eu-west-1::product/aws/guardduty';

function finding(id: string, members: Partial<AsffFinding> = {}): AsffFinding {
  return {
    Id: id,
    ProductArn: productArn,
    AwsAccountId: '111122223333',
    UpdatedAt: day(0).toISOString(),
    CreatedAt: day(0).toISOString(),
    Title: `title of ${id}`,
    RecordState: 'ACTIVE',
    ...members,
  } as AsffFinding;
}

const idsLeft = async () =>
  (await hub.findings({ limit: 100 })).findings.map(({ Id }) => Id ?? '').sort((a, b) => (a < b ? -1 : 1));
const policy = { closedDays: 30, historyDays: 60 };

it('keeps what is open, suppressed or was touched lately, and deletes the rest with its documents', async () => {
  database = await postgres.database();
  hub = new PostgresFindingHub(database, plainRules);
  const archived = { RecordState: 'ARCHIVED' } as const;
  await hub.importFindings(
    [
      finding('open'),
      finding('archived', archived),
      finding('passed', { Compliance: { Status: 'PASSED' } }),
      finding('suppressed', archived),
      finding('touched', archived),
      finding('new', { ...archived, UpdatedAt: day(20).toISOString() }),
    ],
    { actor: importer, now: day(0) },
  );
  const change = (id: string, to: Parameters<typeof hub.changeFindings>[1], now: Date) =>
    hub.changeFindings([{ Id: id, ProductArn: productArn }], to, { actor: person, now });
  await change('suppressed', { Workflow: { Status: 'SUPPRESSED' } }, day(1));
  await change('touched', { Criticality: 3 }, day(25));

  expect(await retain(database, policy, day(10))).toMatchObject({ findings: 0, events: 0 });
  expect(await retain(database, policy, day(40))).toMatchObject({ findings: 2, events: 0 });
  expect(await idsLeft()).toEqual(['new', 'open', 'suppressed', 'touched']);
  expect(await hub.countBy('RecordState', { limit: 5 })).toEqual([
    { value: 'ARCHIVED', count: 3 },
    { value: 'ACTIVE', count: 1 },
  ]);

  expect(await retain(database, policy, day(62))).toMatchObject({ findings: 2, events: 1 });
  expect(await idsLeft()).toEqual(['open', 'suppressed']);
  const { records } = await hub.history({ identifier: { Id: 'suppressed', ProductArn: productArn }, limit: 9 });
  expect(records.map(({ created }) => created)).toEqual([true]);
});

it('gives room back: documents are packed anew, and what was left behind is deleted after its grace', async () => {
  database = await postgres.database();
  hub = new PostgresFindingHub(database, plainRules);
  const many = Array.from({ length: 300 }, (_, at) => finding(`${at}`));
  await hub.importFindings(many, { actor: importer, now: day(0) });
  const newer = many.filter((_, at) => at % 4 !== 0).map((each) => ({ ...each, UpdatedAt: day(1).toISOString() }));
  await hub.importFindings(newer, { actor: importer, now: day(1) });
  const blocks = async () =>
    (await database.query<{ n: number }>('select count(*) as n from hikeshi.finding_block')).rows[0]?.n;
  const before = await blocks();
  expect(await retain(database, policy, day(2))).toMatchObject({ blocks: 0 });
  await database.query(`update hikeshi.finding_block_freed set freed_at = now() - interval '2 hours'`);
  expect(await retain(database, policy, day(2))).toMatchObject({ blocks: Math.ceil(300 / BLOCK_MAX) });
  expect(await blocks()).toBeLessThan(before as number);
  expect(await idsLeft()).toHaveLength(100);
  const all: AsffFinding[] = [];
  for (let after: string | undefined; ;) {
    const page = await hub.findings({ limit: 100, ...(after === undefined ? {} : { after }) });
    all.push(...page.findings);
    if ((after = page.next) === undefined) break;
  }
  expect(new Map(all.map(({ Id, Title }) => [Id, Title]))).toEqual(new Map(many.map(({ Id, Title }) => [Id, Title])));
});

it.each([0, -1, 1.5, Number.NaN, 1e9])('refuses %s days', async (days) => {
  const wrong = retain(database, { closedDays: days, historyDays: 1 }, day(0));
  await expect(wrong).rejects.toMatchObject({ code: 'bad-retention', message: `closedDays is \`${days}\`` });
});
