import { beforeEach, expect, it } from 'vitest';
import { asItCame } from './as-it-came.js';
import type { AsffFinding, FindingChange, ImportContext } from './finding-hub.js';
import { asffFinding } from './hub.fixture.js';
import { MemoryFindingHub } from './memory-finding-hub.js';

const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour));
const product = (hour: number): ImportContext => ({
  actor: { type: 'BATCH_IMPORT_FINDINGS', identity: `scanner ${hour}` },
  now: at(hour),
});
const finding = asffFinding({
  Confidence: 7,
  Severity: { Label: 'HIGH', Original: '8' },
  RelatedFindings: [{ Id: 'other', ProductArn: asffFinding().ProductArn }],
});

let hub: MemoryFindingHub;
beforeEach(async () => {
  hub = new MemoryFindingHub();
  await hub.importFindings([finding], product(1));
});

const now = async () => (await hub.findings({ limit: 1 })).findings[0] as AsffFinding;
const change = (made: FindingChange, hour = 2) =>
  hub.changeFindings([finding], made, { actor: { type: 'BATCH_UPDATE_FINDINGS', identity: 'aya' }, now: at(hour) });

it.each<[string, FindingChange]>([
  ['a status', { Workflow: { Status: 'SUPPRESSED' } }],
  ['a severity', { Severity: { Label: 'LOW', Product: 3 } }],
  ['numbers', { Confidence: 99, Criticality: 1 }],
  ['lists', { Types: ['Effects/Data Exposure'], RelatedFindings: [] }],
  ['a note', { Note: { Text: 'ours', UpdatedBy: 'aya' } }],
  ['what somebody says of it', { VerificationState: 'FALSE_POSITIVE' }],
  ['fields of their own, with dots', { UserDefinedFields: { 'a.b': '1', Types: 'x', Normalized: '5' } }],
])('%s that was changed since is taken back', async (_name, made) => {
  const before = await now();
  await change(made);
  expect(await now()).not.toEqual(before);
  expect(await asItCame(hub, await now())).toEqual({ finding: before, at: at(1), by: product(1).actor });
});

it('many changes of one member are all taken back', async () => {
  const before = await now();
  for (let n = 0; n < 250; n++) await change({ UserDefinedFields: { [`key ${n}`]: String(n) } }, 2 + n);
  expect(await asItCame(hub, await now())).toEqual({ finding: before, at: at(1), by: product(1).actor });
});

it('what its product said of it since stays, and what people had decided before', async () => {
  await change({ Workflow: { Status: 'NOTIFIED' } });
  await hub.importFindings([{ ...finding, Title: 'Telnet is open', UpdatedAt: at(3).toISOString() }], product(3));
  await change({ Workflow: { Status: 'SUPPRESSED' } }, 4);
  expect(await asItCame(hub, await now())).toMatchObject({
    finding: { Title: 'Telnet is open', Workflow: { Status: 'NOTIFIED' } },
    at: at(3),
  });
});

it('is not known of what was never brought', async () => {
  expect(await asItCame(hub, asffFinding({ Id: 'another' }))).toBeUndefined();
});
