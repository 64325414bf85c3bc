import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/postgres/database.js';
import { startEmbedded, type EmbeddedPostgres } from '../../src/store/postgres/launcher.js';
import { migrate } from '../../src/store/postgres/migration.js';
import { PostgresFindingHub } from '../../src/store/postgres/findings/postgres-finding-hub.js';
import { plainRules } from '../../src/store/postgres/findings/plain-rules.fixture.js';
import type { AsffFinding } from '../../src/findings/hub/finding-hub.js';

const dist = pathToFileURL(join(import.meta.dirname, '..', '..', 'dist', 'store', 'postgres')).href;
const BATCH = 50;
const productArn = 'arn:aws:securityhub:eu-west-1::product/aws/guardduty';
let parent: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'hikeshi-killed-import-'));
  // Run as root, the server is nobody's: it must be able to walk here.
  chmodSync(parent, 0o755);
  server = await startEmbedded(join(parent, 'postgres'));
});

afterAll(async () => {
  await server?.stop();
  rmSync(parent, { recursive: true, force: true });
});

/** Imports batch after batch, and says the number of each once it is acknowledged. */
const importer = (url: string, first: number) => `
  const { openDatabase } = await import('${dist}/database.js');
  const { PostgresFindingHub } = await import('${dist}/findings/postgres-finding-hub.js');
  const rules = {
    import: (before, finding, { now }) => before === undefined || finding.UpdatedAt > before.UpdatedAt
      ? { kind: before === undefined ? 'created' : 'updated', finding: { ...finding, ProcessedAt: now.toISOString() } }
      : { kind: 'unchanged' },
  };
  const hub = new PostgresFindingHub(await openDatabase(${JSON.stringify(url)}), rules);
  const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'child' };
  for (let batch = ${first}; ; batch++) {
    const at = new Date(Date.UTC(2026, 0, 1) + batch * 1000).toISOString();
    const findings = Array.from({ length: ${BATCH} }, (_, place) => ({
      Id: (place % 2 === 0 ? 'every' : batch) + '-' + place, ProductArn: '${productArn}', AwsAccountId: '111122223333',
      UpdatedAt: at, CreatedAt: at, Title: 'batch ' + batch, RecordState: 'ACTIVE',
    }));
    await hub.importFindings(findings, { actor, now: new Date() });
    process.stdout.write(batch + '\\n');
  }`;

/** Runs an importer until `batches` more are acknowledged and a little longer. Answers the last acknowledged. */
function importUntil(url: string, first: number, batches: number, strike: (child: number) => void): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', importer(url, first)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    let struck = false;
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const acknowledged = text.split('\n').length - 1;
      if (struck || acknowledged < batches) return;
      struck = true;
      setTimeout(() => strike(child.pid as number), Math.random() * 30);
    });
    child.on('close', () => done(first + text.split('\n').length - 2));
  });
}

/** Everything that was acknowledged is there and whole, and rows, documents, counts and history agree. */
async function check(url: string, acknowledged: number): Promise<number> {
  const database = await openDatabase(url);
  const hub = new PostgresFindingHub(database, plainRules);
  const found: AsffFinding[] = [];
  for (let after: string | undefined; ;) {
    const page = await hub.findings({ limit: 100, ...(after === undefined ? {} : { after }) });
    found.push(...page.findings);
    if ((after = page.next) === undefined) break;
  }
  const last = Math.max(...found.map(({ Title }) => Number(Title?.split(' ')[1])));
  expect(last).toBeGreaterThanOrEqual(acknowledged);
  const titles = new Map(found.map(({ Id, Title }) => [Id, Title]));
  for (let place = 0; place < BATCH; place += 2) expect(titles.get(`every-${place}`)).toBe(`batch ${last}`);
  // A batch that was not acknowledged is there as a whole, or not at all.
  for (let batch = 0; batch <= last; batch++)
    for (let place = 1; place < BATCH; place += 2) expect(titles.get(`${batch}-${place}`)).toBe(`batch ${batch}`);
  expect(found).toHaveLength((BATCH / 2) * (last + 2));
  expect(await hub.countBy('AwsAccountId', { limit: 2 })).toEqual([{ value: '111122223333', count: found.length }]);
  const { rows } = await database.query('select count(*) as n from hikeshi.finding_event');
  expect(rows).toEqual([{ n: (BATCH / 2) * last }]);
  await database.close();
  return last;
}

describe('what was acknowledged is there', () => {
  it('after kill -9 of the importing process, again and again', async () => {
    const admin = await openDatabase(server.url, { connections: 1 });
    await migrate(admin);
    await admin.close();
    let first = 0;
    for (let round = 0; round < 4; round++) {
      const acknowledged = await importUntil(server.url, first, 5, (child) => process.kill(child, 'SIGKILL'));
      first = (await check(server.url, acknowledged)) + 1;
    }
  });

  it('after kill -9 of the database, again and again', async () => {
    const database = await openDatabase(server.url, { connections: 1 });
    await database.query('drop schema hikeshi cascade');
    await migrate(database);
    await database.close();
    let first = 0;
    for (let round = 0; round < 4; round++) {
      const acknowledged = await importUntil(server.url, first, 5, () => process.kill(server.pid, 'SIGKILL'));
      server = await startEmbedded(join(parent, 'postgres'));
      expect(server.reused).toBe(false);
      first = (await check(server.url, acknowledged)) + 1;
    }
  });
});
