import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../findings/finding.js';
import { findingId } from '../../../findings/identity.js';
import type { Database } from '../database.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { plainRules } from './plain-rules.fixture.js';
import { PostgresFindingHub } from './postgres-finding-hub.js';
import { PostgresFindings } from './postgres-findings.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

const at = (day: number) => `2026-03-0${day}T00:00:00.000Z`;
const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'hikeshi', reason: 'scan' } as const;
const person = { type: 'BATCH_UPDATE_FINDINGS', identity: 'mori' } as const;

function finding(name: string, members: Partial<Finding> = {}): Finding {
  const identity = {
    partition: 'aws',
    controlId: 'KMS.4',
    accountId: '111122223333',
    region: 'eu-west-1',
    resourceArn: `arn:aws:kms:eu-west-1:111122223333:key/${name}`,
  };
  return {
    id: findingId(identity),
    ...identity,
    severity: 'MEDIUM',
    resourceType: 'AWS::KMS::Key',
    status: 'FAILED',
    reasons: [{ text: 'the key is not rotated' }],
    workflow: 'NEW',
    recordState: 'ACTIVE',
    createdAt: at(1),
    updatedAt: at(1),
    firstObservedAt: at(1),
    lastObservedAt: at(1),
    ...members,
  };
}

const open = (database: Database) => new PostgresFindings(database, { actor, now: () => new Date(at(2)) });
const shown = async (database: Database) =>
  (await new PostgresFindingHub(database, plainRules).findings({ limit: 100 })).findings;

describe('own findings in PostgreSQL', () => {
  it('are read as they were written, by any process', async () => {
    const database = await postgres.database();
    expect(await open(database).read()).toEqual([]);
    const findings = [finding('a'), finding('b', { note: { text: 'x', updatedBy: 'mori', updatedAt: at(1) } })];
    await open(database).write(findings);
    expect(await open(database).read()).toEqual(findings);
  });

  it('are shown among all findings as ASFF, once, however often they are scanned', async () => {
    const database = await postgres.database();
    const kept = open(database);
    for (const day of [1, 2, 3]) {
      await kept.read();
      await kept.write([finding('a', { lastObservedAt: at(day) }), finding('b', { lastObservedAt: at(day) })]);
    }
    const found = await shown(database);
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({
      ProductName: 'Hikeshi',
      GeneratorId: 'security-control/KMS.4',
      Compliance: { Status: 'FAILED', SecurityControlId: 'KMS.4' },
      Workflow: { Status: 'NEW' },
    });
    const hub = new PostgresFindingHub(database, plainRules);
    expect(await hub.countBy('SeverityLabel', { limit: 9 })).toEqual([{ value: 'MEDIUM', count: 2 }]);
  });

  it('that only were seen again are not written again', async () => {
    const database = await postgres.database();
    const kept = open(database);
    await kept.write([finding('a'), finding('b')]);
    const rows = async () =>
      (await database.query('select key, xmin, updated_at from hikeshi.finding order by key')).rows;
    const before = await rows();
    await kept.read();
    await kept.write([finding('a', { lastObservedAt: at(5) }), finding('b', { lastObservedAt: at(5) })]);
    expect(await rows()).toEqual(before);
    expect((await open(database).read()).map(({ lastObservedAt }) => lastObservedAt)).toEqual([at(5), at(5)]);
  });

  it('that changed have a history of who and what', async () => {
    const database = await postgres.database();
    const kept = open(database);
    await kept.write([finding('a')]);
    await kept.write([finding('a', { status: 'PASSED', workflow: 'RESOLVED', updatedAt: at(2), reasons: [] })]);
    const [{ Id, ProductArn } = {}] = await shown(database);
    const hub = new PostgresFindingHub(database, plainRules);
    const { records } = await hub.history({ identifier: { Id, ProductArn }, limit: 9 });
    expect(records.map(({ created }) => created)).toEqual([false, true]);
    expect(records[0]?.actor).toEqual(actor);
    expect(records[0]?.updates.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['Compliance.Status', 'UpdatedAt', 'Workflow.Status']),
    );
  });

  it('keep what people decided in the hub, also while a scan is under way', async () => {
    const database = await postgres.database();
    const scanning = open(database);
    await scanning.write([finding('a'), finding('b')]);
    await scanning.read();
    const named = (await shown(database)).filter(({ Resources }) => Resources?.[0]?.Id?.endsWith('/a'));
    const hub = new PostgresFindingHub(database, plainRules);
    const change = {
      Workflow: { Status: 'SUPPRESSED' as const },
      Note: { Text: 'accepted', UpdatedBy: 'mori' },
      Criticality: 7,
    };
    const identifiers = named.map(({ Id, ProductArn }) => ({ Id, ProductArn }));
    await hub.changeFindings(identifiers, change, { actor: person, now: new Date(at(2)) });
    const reasons = [{ text: 'still not rotated' }];
    await scanning.write([finding('a', { reasons, updatedAt: at(3) }), finding('b', { reasons, updatedAt: at(3) })]);
    const [a, b] = await open(database).read();
    expect(a).toMatchObject({ workflow: 'SUPPRESSED', note: { text: 'accepted', updatedBy: 'mori' }, reasons });
    expect(b).toMatchObject({ workflow: 'NEW', reasons });
    const after = (await shown(database)).find(({ Resources }) => Resources?.[0]?.Id?.endsWith('/a'));
    expect(after).toMatchObject({ Criticality: 7, Workflow: { Status: 'SUPPRESSED' }, UpdatedAt: at(3) });
  });

  it('that are no longer among those written are no longer kept', async () => {
    const database = await postgres.database();
    const kept = open(database);
    await kept.write([finding('a'), finding('b')]);
    await kept.write([finding('b')]);
    expect((await open(database).read()).map(({ resourceArn }) => resourceArn)).toEqual([finding('b').resourceArn]);
  });
});
