import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AsffFinding, FindingFilters, FindingHub } from '../../../findings/hub/finding-hub.js';
import { asffFinding } from '../../../findings/hub/hub.fixture.js';
import { MemoryFindingHub } from '../../../findings/hub/memory-finding-hub.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { PostgresFindingHub } from './postgres-finding-hub.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product' } as const;
const pick = <Value>(...values: Value[]) => fc.constantFrom(...values);
const members = fc.record({
  Id: pick('one', 'two', 'three', 'four'),
  UpdatedAt: pick('2026-04-01T00:00:00.000Z', '2026-04-02T00:00:00.000Z', '2026-04-03T00:00:00Z'),
  Severity: pick<AsffFinding['Severity']>({ Label: 'LOW' }, { Normalized: 75 }, { Label: 'CRITICAL' }),
  Title: pick('alpha', 'beta'),
  RecordState: pick<'ACTIVE' | 'ARCHIVED'>('ACTIVE', 'ARCHIVED'),
  Compliance: pick<AsffFinding['Compliance']>({ Status: 'FAILED' }, { Status: 'PASSED' }),
  Types: pick(['TTPs'], ['TTPs/Discovery', 'Effects']),
});
const change = pick(
  { Workflow: { Status: 'SUPPRESSED' as const } },
  { Severity: { Label: 'HIGH' as const } },
  { Note: { Text: 'seen', UpdatedBy: 'mori' }, Criticality: 7 },
);
const step = fc.oneof(
  fc.record({ findings: fc.array(members, { maxLength: 6 }) }),
  fc.record({ change, ids: fc.array(pick('one', 'two', 'none'), { minLength: 1, maxLength: 3 }) }),
);
const equals = (...values: string[]) =>
  fc.array(fc.record({ Value: pick(...values), Comparison: pick('EQUALS', 'PREFIX') }), { minLength: 1, maxLength: 2 });
const filters = fc.record(
  {
    Title: equals('alpha', 'bet'),
    SeverityLabel: equals('LOW', 'HIGH'),
    WorkflowStatus: equals('NEW', 'RESOLVED', 'SUPPRESSED'),
    Type: equals('TTPs', 'Eff'),
    ComplianceStatus: equals('FAILED'),
    Id: equals('one', 't'),
    SeverityNormalized: fc.constant<{ Gte: number }[]>([{ Gte: 40 }]),
    NoteText: equals('seen'),
  },
  { requiredKeys: [] },
);

/** Everything that can be seen of a hub. */
async function seen(hub: FindingHub, asked: FindingFilters): Promise<unknown> {
  const { findings } = await hub.findings({ filters: asked, limit: 100 });
  const all = (await hub.findings({ limit: 100 })).findings;
  const history = [];
  for (const { Id, ProductArn } of all) history.push(await hub.history({ identifier: { Id, ProductArn }, limit: 100 }));
  const byId = (a: AsffFinding, b: AsffFinding) => ((a.Id ?? '') < (b.Id ?? '') ? -1 : 1);
  return {
    findings: findings.toSorted(byId),
    history: history
      .map(({ records }) => records)
      .toSorted((a, b) => ((a[0]?.identifier.Id ?? '') < (b[0]?.identifier.Id ?? '') ? -1 : 1)),
    severities: await hub.countBy('SeverityLabel', { filters: asked, limit: 100 }),
    types: await hub.countBy('Type', { limit: 100 }),
  };
}

/** A hub into which all comes as lines: answers for each finding what the tally says of all. */
async function importedAsLines(hub: PostgresFindingHub, findings: readonly AsffFinding[], now: Date) {
  const bytes = Buffer.from(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''));
  async function* chunks(): AsyncIterable<Buffer> {
    yield bytes;
  }
  const { created, updated, unchanged, refused } = await hub.importLines(chunks(), { actor, now });
  return { created, updated, unchanged, refused };
}

it.each(['in batches', 'as lines'])(
  'whatever is imported %s, changed and asked, PostgreSQL answers as memory does',
  async (way) => {
    const database = await postgres.database();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), filters, async (steps, asked) => {
        await database.query(
          'truncate hikeshi.finding, hikeshi.finding_count, hikeshi.finding_event, hikeshi.finding_block',
        );
        const stored = new PostgresFindingHub(database);
        const hubs: FindingHub[] = [new MemoryFindingHub(undefined, () => new Date()), stored];
        const start = Date.now();
        for (const [at, each] of steps.entries()) {
          const now = new Date(start + at);
          if ('findings' in each && way === 'as lines') {
            const findings = each.findings.map((given) => asffFinding(given));
            const outcomes = (await hubs[0]?.importFindings(findings, { actor, now })) ?? [];
            const wanted = { created: 0, updated: 0, unchanged: 0, refused: 0 };
            for (const { kind } of outcomes) wanted[kind] += 1;
            expect(await importedAsLines(stored, findings, now)).toEqual(wanted);
            continue;
          }
          const answers = hubs.map((hub) => {
            if ('findings' in each)
              return hub.importFindings(
                each.findings.map((given) => asffFinding(given)),
                { actor, now },
              );
            const { ProductArn } = asffFinding();
            const names = each.ids.map((Id) => ({ Id, ProductArn }));
            const by = { type: 'BATCH_UPDATE_FINDINGS', identity: 'mori' } as const;
            return hub.changeFindings(names, each.change, { actor: by, now });
          });
          const [memory, kept] = await Promise.all(answers);
          expect(kept?.map(({ kind }) => kind)).toEqual(memory?.map(({ kind }) => kind));
        }
        const [memory, kept] = await Promise.all(hubs.map((hub) => seen(hub, asked as FindingFilters)));
        expect(kept).toEqual(memory);
      }),
      { numRuns: 40 },
    );
  },
  120_000,
);
