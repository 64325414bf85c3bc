import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { plainRules } from './plain-rules.fixture.js';
import { PostgresFindingHub } from './postgres-finding-hub.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product' } as const;
const context = { actor, now: new Date('2026-05-01T00:00:00.000Z') };
const findings = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    Id: `${at}`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
    AwsAccountId: '111122223333',
    UpdatedAt: '2026-04-01T00:00:00.000Z',
  })) as AsffFinding[];

/** The server refuses to write a table, as it does when its disk is full, a standby, or somebody else's. */
const refusing = (table: string, code: string) => `
  create function public.refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file: No space left on device' using errcode = '${code}'; end $$;
  create trigger refuse before insert on hikeshi.${table} for each statement execute function public.refuse()`;

describe('a server that cannot write', () => {
  const tables = ['finding_block', 'finding', 'finding_count'];
  it.each(tables)(
    'because its disk is full, at `%s`: nothing is half-written, and what to do is said',
    async (table) => {
      const database = await postgres.database();
      const hub = new PostgresFindingHub(database, plainRules);
      await database.query(refusing(table, '53100'));
      await expect(hub.importFindings(findings(3), context)).rejects.toMatchObject({
        code: 'database-full',
        message: expect.stringContaining('nothing of this batch was written'),
        next: expect.stringContaining('free space'),
      });
      for (const each of tables) {
        const { rows } = await database.query(`select count(*) as n from hikeshi.${each}`);
        expect(rows, each).toEqual([{ n: 0 }]);
      }
      await database.query(`drop trigger refuse on hikeshi.${table}`);
      const again = await hub.importFindings(findings(3), context);
      expect(again.map(({ kind }) => kind)).toEqual(['created', 'created', 'created']);
    },
  );

  it.each([
    ['25006', 'database-read-only'],
    ['42501', 'database-forbidden'],
  ])('for another reason (%s) says which: %s', async (sqlstate, code) => {
    const database = await postgres.database();
    await database.query(refusing('finding', sqlstate));
    const hub = new PostgresFindingHub(database, plainRules);
    await expect(hub.importFindings(findings(1), context)).rejects.toMatchObject({ code });
  });
});
