import { describe, expect, it } from 'vitest';
import type { Actor } from './finding-hub.js';
import { asffFinding } from './hub.fixture.js';
import { MemoryFindingHub } from './memory-finding-hub.js';

const now = new Date('2026-01-10T00:00:00Z');
const provider: Actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'product' };
const customer: Actor = { type: 'BATCH_UPDATE_FINDINGS', identity: 'yuki' };

async function hubOf(count: number) {
  const hub = new MemoryFindingHub(() => now);
  const findings = Array.from({ length: count }, (_, index) =>
    asffFinding({ Id: `f${index}`, Severity: { Label: index % 3 === 0 ? 'LOW' : 'HIGH' } }),
  );
  await hub.importFindings(findings, { actor: provider, now });
  return hub;
}

describe('the hub in memory', () => {
  it('gives each finding once over all pages', async () => {
    const hub = await hubOf(25);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await hub.findings({ limit: 10, ...(after === undefined ? {} : { after }) });
      seen.push(...page.findings.map(({ Id = '' }) => Id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  it('sorts by number, downwards and upwards', async () => {
    const hub = await hubOf(4);
    const labels = async (SortOrder: 'asc' | 'desc') =>
      (await hub.findings({ limit: 10, sort: [{ Field: 'SeverityNormalized', SortOrder }] })).findings.map(
        ({ Severity }) => Severity?.Label,
      );
    expect(await labels('desc')).toEqual(['HIGH', 'HIGH', 'LOW', 'LOW']);
    expect(await labels('asc')).toEqual(['LOW', 'LOW', 'HIGH', 'HIGH']);
  });

  it('says who changed what, the newest first, and never touches UpdatedAt for a customer', async () => {
    const hub = await hubOf(1);
    const identifier = { Id: 'f0', ProductArn: asffFinding().ProductArn };
    const [changed] = await hub.changeFindings(
      [identifier],
      { Workflow: { Status: 'NOTIFIED' } },
      { actor: customer, now },
    );
    expect(changed).toMatchObject({ kind: 'changed', finding: { UpdatedAt: '2026-01-01T00:00:00.000Z' } });
    const { records } = await hub.history({ identifier, limit: 10 });
    expect(records.map(({ created, actor, updates }) => [created, actor.identity, updates])).toEqual([
      [false, 'yuki', [{ field: 'Workflow.Status', before: 'NEW', after: 'NOTIFIED' }]],
      [true, 'product', []],
    ]);
  });

  it('shows and changes only what the caller may see, and imports only their own', async () => {
    const hub = await hubOf(1);
    const identifier = { Id: 'f0', ProductArn: asffFinding().ProductArn };
    const accounts = ['222222222222'];
    expect((await hub.findings({ limit: 10, accounts })).findings).toEqual([]);
    const change = await hub.changeFindings([identifier], { Confidence: 1 }, { actor: customer, now, accounts });
    expect(change).toMatchObject([{ kind: 'refused', code: 'FindingNotFound' }]);
    const imported = await hub.importFindings([asffFinding()], { actor: provider, now, account: '222222222222' });
    expect(imported).toMatchObject([{ kind: 'refused', code: 'InvalidAccess' }]);
  });

  it('counts by an attribute, most first', async () => {
    const hub = await hubOf(4);
    await expect(hub.countBy('SeverityNormalized', { limit: 100 })).resolves.toEqual([
      { value: '1', count: 2 },
      { value: '70', count: 2 },
    ]);
    await expect(hub.countBy('ResourceTags', { limit: 100 })).rejects.toThrow('`ResourceTags`');
  });

  it('refuses a cursor that is not its own', async () => {
    await expect((await hubOf(1)).findings({ limit: 1, after: 'x' })).rejects.toThrow('no place in a listing');
  });
});
