import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AsffFinding } from '../../src/findings/hub/finding-hub.js';
import { asffFinding } from '../../src/findings/hub/hub.fixture.js';
import { openDatabase, type Database } from '../../src/store/postgres/database.js';
import { startEmbedded, type EmbeddedPostgres } from '../../src/store/postgres/launcher.js';
import { migrate } from '../../src/store/postgres/migration.js';
import type { PostgresFindingHub } from '../../src/store/postgres/findings/postgres-finding-hub.js';

/** Threads run what was built. */
const built = pathToFileURL(
  join(import.meta.dirname, '..', '..', 'dist', 'store', 'postgres', 'findings', 'postgres-finding-hub.js'),
).href;
const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product' } as const;
const now = new Date('2026-03-01T00:00:00.000Z');
const FINDINGS = 600;
const CHUNK_BYTES = 100_000;
/** Large enough that all together are several parts. */
const detailsOf = (length: number) => ({
  Other: Object.fromEntries(Array.from({ length }, (_, n) => [`k${n}`, 'x'.repeat(2000)])),
});
const Details = detailsOf(40);

let parent: string;
let server: EmbeddedPostgres;
let database: Database;
let hub: PostgresFindingHub;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'hikeshi-threaded-import-'));
  // Run as root, the server is nobody's: it must be able to walk here.
  chmodSync(parent, 0o755);
  server = await startEmbedded(join(parent, 'postgres'));
  database = await openDatabase(server.url);
  await migrate(database);
  const module = (await import(built)) as { PostgresFindingHub: new (database: Database) => PostgresFindingHub };
  hub = new module.PostgresFindingHub(database);
});

afterAll(async () => {
  await database?.close();
  await server?.stop();
  rmSync(parent, { recursive: true, force: true });
});

function line(number: number, members: Partial<AsffFinding> = {}): string {
  const Resources = [{ Type: 'Other', Id: `resource ${number % 50}`, Details }];
  return JSON.stringify(asffFinding({ Id: `finding ${number}`, Title: `title ${number % 7}`, Resources, ...members }));
}

async function* chunksOf(lines: readonly string[]): AsyncIterable<Buffer> {
  const bytes = Buffer.from(lines.join('\n'));
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

const numbers = Array.from({ length: FINDINGS }, (_, number) => number);

it('many lines are imported by several threads: each once, each refusal at its line', async () => {
  const tooLarge = line(0, { Id: 'too large', Resources: [{ Type: 'Other', Id: 'x', Details: detailsOf(130) }] });
  const lines = [...numbers.map((number) => line(number)), line(0, { Title: '' }), line(1), tooLarge];
  const tally = await hub.importLines(chunksOf(lines), { actor, now });
  expect(tally).toMatchObject({ created: FINDINGS, updated: 0, unchanged: 1, refused: 2 });
  const refused = tally.refusals.toSorted((a, b) => a.line - b.line);
  expect(refused).toMatchObject([
    { line: FINDINGS + 1, code: 'InvalidInput' },
    { line: FINDINGS + 3, code: 'LimitExceeded' },
  ]);
  expect(refused[0]?.message).toContain('Title');
  expect(await hub.countBy('SeverityLabel', { limit: 9 })).toEqual([{ value: 'HIGH', count: FINDINGS }]);
}, 60_000);

it('the same again changes nothing; what is newer does, and what people said stays', async () => {
  const { ProductArn } = asffFinding();
  const person = { type: 'BATCH_UPDATE_FINDINGS', identity: 'mori' } as const;
  await hub.changeFindings([{ Id: 'finding 3', ProductArn }], { Criticality: 9 }, { actor: person, now });
  const newer = { UpdatedAt: '2026-02-01T00:00:00.000Z', Title: 'newer' };
  const lines = numbers.map((number) => (number % 3 === 0 ? line(number, newer) : line(number)));
  const tally = await hub.importLines(chunksOf(lines), { actor, now });
  expect(tally).toEqual({ created: 0, updated: 200, unchanged: 400, refused: 0, refusals: [] });
  const filters = { Title: [{ Value: 'newer', Comparison: 'EQUALS' as const }] };
  const { findings } = await hub.findings({ filters, limit: 300 });
  expect(findings).toHaveLength(200);
  expect(findings.find(({ Id }) => Id === 'finding 3')?.Criticality).toBe(9);
}, 60_000);

it('what the database says to a thread is told as by any other', async () => {
  await database.query('alter database postgres set default_transaction_read_only = on');
  const importing = hub.importLines(chunksOf(numbers.map((number) => line(number + FINDINGS))), { actor, now });
  await expect(importing).rejects.toMatchObject({ code: 'database-read-only' });
}, 60_000);
