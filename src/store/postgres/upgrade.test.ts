import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import type { Database } from './database.js';
import { RuleBook } from './events/rule-book.js';
import { PostgresFindingHub } from './findings/postgres-finding-hub.js';
import { PostgresFindings } from './findings/postgres-findings.js';
import { migrate } from './migration.js';
import { migrations } from './migrations/catalogue.js';
import { readKillSwitch } from './runs/kill-switch.js';
import { insertApproval, readApprovals, readProposal } from './runs/proposal-table.js';
import { readEntries } from './runs/run-journal.js';
import { moveRun, readRun, searchRuns } from './runs/run-table.js';
import { testPostgres, type TestPostgres } from './testing.fixture.js';

/** Rows as Hikeshi wrote them at version 30 of the schema. They are history: never make them again with newer code. */
const filled = JSON.parse(readFileSync(new URL('filled-schema.fixture.json', import.meta.url), 'utf8')) as {
  readonly rows: Readonly<Record<string, readonly object[]>>;
  readonly sequences: Readonly<Record<string, number>>;
};
const newest = migrations.at(-1)?.version ?? 0;
const { ProductArn } = asffFinding();
const person = { type: 'BATCH_UPDATE_FINDINGS', identity: 'mori', reason: 'a test system' } as const;
const product = { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product' } as const;
const day = (number: number) => `2026-03-0${number}T00:00:00.000Z`;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

/** A database of an older version with everything in it that this version had a table for, brought up to date. */
async function upgraded(from: number): Promise<Database> {
  const database = await postgres.emptyDatabase();
  await migrate(
    database,
    migrations.filter(({ version }) => version <= from),
  );
  for (const [table, rows] of Object.entries(filled.rows)) {
    const name = `hikeshi.${table}`;
    const { rows: found } = await database.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
      name,
    ]);
    if (!found.some(({ there }) => there)) continue;
    await database.query(`delete from ${name}`);
    await database.query(
      `insert into ${name} overriding system value select * from json_populate_recordset(null::${name}, $1)`,
      [JSON.stringify(rows)],
    );
  }
  await database.query(
    `select setval(('hikeshi.' || name)::regclass, value::bigint) from json_each_text($1) as s (name, value)
     where to_regclass('hikeshi.' || name) is not null`,
    [JSON.stringify(filled.sequences)],
  );
  expect(await migrate(database)).toBe(newest);
  return database;
}

describe.each([12, 20, 30])('a filled database of version %i, brought up to date', (from) => {
  let database: Database;
  let hub: PostgresFindingHub;
  beforeAll(async () => {
    database = await upgraded(from);
    hub = new PostgresFindingHub(database);
  }, 60_000);

  it('has its findings, as products and people left them', async () => {
    const { findings } = await hub.findings({ limit: 100 });
    const seen = new Map(findings.map((each): [string, AsffFinding] => [each.Id ?? '', each]));
    expect(seen.size).toBe(5);
    expect(seen.get('suppressed')).toMatchObject({ Workflow: { Status: 'SUPPRESSED' }, Note: { Text: 'known' } });
    expect(seen.get('updated')).toMatchObject({ Severity: { Label: 'LOW' }, UpdatedAt: '2026-02-01T00:00:00.000Z' });
    expect(seen.get('two-resources')?.Resources).toHaveLength(2);
    expect(seen.get('line')).toMatchObject({ Title: 'as it came', Severity: { Label: 'HIGH', Normalized: 75 } });
  });

  it('finds and counts them as before', async () => {
    const of = async (ResourceId: string) => {
      const filters = { ResourceId: [{ Value: ResourceId, Comparison: 'EQUALS' as const }] };
      return (await hub.findings({ filters, limit: 9 })).findings.map(({ Id }) => Id);
    };
    expect(await of('second')).toEqual(['two-resources']);
    expect((await hub.findings({ text: 'came', limit: 9 })).findings.map(({ Id }) => Id)).toEqual(['line']);
    expect(await hub.countBy('SeverityLabel', { limit: 9 })).toEqual([
      { value: 'HIGH', count: 3 },
      { value: 'LOW', count: 1 },
      { value: 'MEDIUM', count: 1 },
    ]);
    expect(await hub.countBy('WorkflowStatus', { limit: 9 })).toEqual([
      { value: 'NEW', count: 4 },
      { value: 'SUPPRESSED', count: 1 },
    ]);
  });

  it('tells who changed what, when and why', async () => {
    const { records } = await hub.history({ identifier: { Id: 'suppressed', ProductArn }, limit: 9 });
    expect(records).toMatchObject([
      { at: day(3), created: false, actor: person },
      { at: day(1), created: true, actor: product, updates: [] },
    ]);
    expect(records[0]?.updates.map(({ field }) => field)).toEqual(['Note', 'Workflow.Status']);
  });

  it('knows its own findings', async () => {
    const by = { actor: product, now: () => new Date(day(5)) };
    const own = await new PostgresFindings(database, by).read();
    expect(own).toMatchObject([{ controlId: 'KMS.4', reasons: [{ text: 'the key is not rotated' }] }]);
  });

  it('has its run waiting for the second approval, and takes it', async () => {
    expect(await readRun(database, 'waiting')).toMatchObject({
      state: 'proposed',
      approvalsNeeded: 2,
      proposalHash: 'h1',
      requestedBy: 'aya',
      origin: { kind: 'person' },
    });
    expect(await readProposal(database, 'waiting')).toEqual({
      plan: { steps: [] },
      planHash: 'p1',
      rehearsal: { closes: true },
    });
    expect(await readEntries(database, 'waiting')).toEqual([{ kind: 'settled', step: 'one', at: day(3) }]);
    expect(await readKillSwitch(database)).toMatchObject({ engaged: true, by: 'oncall', reason: 'odd' });
    const approval = { decision: 'approved', at: day(5), proposalHash: 'h1', comment: undefined } as const;
    expect(await insertApproval(database, 'waiting', { ...approval, by: 'ken' })).toBe(false);
    expect(await insertApproval(database, 'waiting', { ...approval, by: 'rin' })).toBe(true);
    const approvals = await readApprovals(database, ['waiting']);
    expect(approvals.get('waiting')?.map(({ by, comment }) => ({ by, comment }))).toEqual([
      { by: 'ken', comment: 'fine' },
      { by: 'rin', comment: undefined },
    ]);
    await moveRun(database, 'waiting', 'approved', day(5), {});
    expect(await searchRuns(database, { states: ['approved'], limit: 9 })).toMatchObject([{ id: 'waiting' }]);
  });

  it('has the rules that it had', async () => {
    const book = new RuleBook<unknown>(database);
    const ssh = { name: 'ssh', document: { pattern: { source: ['aws.ec2'] } }, updatedAt: day(4), updatedBy: 'mori' };
    expect(await book.rules()).toEqual(from >= 30 ? [ssh] : []);
    expect(await book.revision()).toBe(from >= 30 ? filled.sequences['rules_revision'] : 0);
  });

  it('goes on importing: what it knows is known, what is new is new', async () => {
    const outcomes = await hub.importFindings(
      [
        asffFinding({ Id: 'updated' }),
        asffFinding({ Id: 'suppressed', UpdatedAt: day(6), Title: 'SSH is open still' }),
        asffFinding({ Id: 'new', Title: 'a title that was never here' }),
      ],
      { actor: product, now: new Date(day(6)) },
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unchanged', 'updated', 'created']);
    const suppressed = { WorkflowStatus: [{ Value: 'SUPPRESSED', Comparison: 'EQUALS' as const }] };
    const { findings } = await hub.findings({ filters: suppressed, limit: 9 });
    expect(findings).toMatchObject([{ Id: 'suppressed', Title: 'SSH is open still', Note: { Text: 'known' } }]);
  });
});
