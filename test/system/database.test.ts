import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';
import { openDatabase } from '../../src/store/postgres/database.js';
import { startEmbedded, type EmbeddedPostgres } from '../../src/store/postgres/launcher.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
let served: ServedTwin;
let parent: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'hikeshi-database-'));
  // Run as root, the server is nobody's: it must be able to walk here.
  chmodSync(parent, 0o755);
  server = await startEmbedded(join(parent, 'postgres'));
  served = await serveTwin({ kind: 'demo', accounts: 7, seed: 3 }, 0, new Date());
}, 60_000);

afterAll(async () => {
  await served?.door.close();
  await server?.stop();
  rmSync(parent, { recursive: true, force: true });
});

function hikeshi(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HIKESHI_HOME: join(parent, 'home'),
        AWS_ENDPOINT_URL: served.door.url,
        AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
        AWS_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...env,
      },
    });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    child.on('exit', (code) => done({ code, ...text }));
  });
}

describe('findings in a database', () => {
  it('go from scan to rehearse, fix, explain and undo, and each is there once', async () => {
    const env = { HIKESHI_DATABASE_URL: server.url };
    const roles = ['--org-role', 'OrganizationAccountAccessRole'];
    for (let round = 0; round < 2; round++)
      expect(await hikeshi(['scan', ...roles], env)).toMatchObject({ code: expect.toBeOneOf([0, 2]) });
    const database = await openDatabase(server.url, { connections: 1 });
    const { rows } = await database.query<{ id: string; open: number; own: number; shown: number }>(
      `select min(document->>'id') filter (where document->>'controlId' = 'EC2.53' and document->>'status' = 'FAILED') as id,
         count(*) as own, (select count(*) from hikeshi.finding) as shown from hikeshi.own_finding`,
    );
    const { id, own, shown } = rows[0] as { id: string; own: number; shown: number };
    expect(own).toBeGreaterThan(100);
    expect(shown).toBe(own);
    const short = id.slice(id.lastIndexOf('/') + 1, id.lastIndexOf('/') + 9);
    // The file of this machine knows nothing of it.
    expect(await hikeshi(['explain', short])).toMatchObject({ code: 252 });
    expect((await hikeshi(['explain', short], env)).out).toContain('EC2.53 FAILED');
    expect((await hikeshi(['rehearse', short], env)).err).toContain('1 would close');
    const fixed = await hikeshi(['fix', short, '--yes'], env);
    expect(fixed).toMatchObject({ code: 0 });
    const status = async () =>
      (
        await database.query<{ status: string; compliance: number }>(
          `select o.document->>'status' as status, f.compliance from hikeshi.own_finding o join hikeshi.finding f using (key)
           where o.document->>'id' = $1`,
          [id],
        )
      ).rows[0];
    expect(await status()).toEqual({ status: 'PASSED', compliance: 1 });
    const run = /hikeshi undo (run-\S+?)`/.exec(fixed.out)?.[1] ?? '';
    expect(await hikeshi(['undo', run], env)).toMatchObject({ code: 0 });
    expect(await status()).toEqual({ status: 'FAILED', compliance: 3 });
    await database.close();
  }, 120_000);

  it('of a newer Hikeshi are left alone', async () => {
    const database = await openDatabase(server.url, { connections: 1 });
    await database.query(`insert into hikeshi.schema_version (version, title) values (9999, 'from the future')`);
    const { code, err } = await hikeshi(['explain', 'deadbeef', '--database-url', server.url]);
    await database.query('delete from hikeshi.schema_version where version = 9999');
    await database.close();
    expect({ code, err }).toEqual({ code: 253, err: expect.stringContaining('update Hikeshi') });
  });

  it.each([
    ['no URL', 'nonsense', /not the URL of a PostgreSQL database/],
    ['another database’s', 'mysql://me:secret@host/x', /not the URL of a PostgreSQL database/],
    [
      'one where nobody answers',
      'postgresql://me:secret@127.0.0.1:1/x',
      /cannot be opened.*\nnext: check --database-url/,
    ],
  ])('with a wrong URL (%s) are refused, and no password is shown', async (_name, url, says) => {
    const { code, err } = await hikeshi(['scan', '--database-url', url]);
    expect({ code, err }).toEqual({ code: 253, err: expect.stringMatching(says) });
    expect(err).not.toContain('secret');
  });
});
