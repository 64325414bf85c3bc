import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifierKey } from '../../src/ledger/note/verifier-key.js';
import { readEntry } from '../../src/ledger/prove.js';
import type { Signer } from '../../src/ledger/signer.js';
import { record } from '../../src/ledger/testing.fixture.js';
import { checkEntry } from '../../src/ledger/verify/verify-entries.js';
import { verifyLedger } from '../../src/ledger/verify/verify-ledger.js';
import { LedgerFolder } from '../../src/store/ledger-folder.js';
import { snapshotOf } from '../../src/store/ledger-snapshot.js';
import { LedgerWriter } from '../../src/store/ledger-writer.js';

const ORIGIN = 'ledger.example.com/killed';
const dist = pathToFileURL(join(import.meta.dirname, '../../dist/')).href;
const pem = String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));

/** A process that appends for ever, some at a time, and prints each record once it is acknowledged. */
const APPENDER = `
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { LedgerFolder } from '${dist}store/ledger-folder.js';
import { LedgerWriter } from '${dist}store/ledger-writer.js';
const [path, name, keyFile] = process.argv.slice(1);
const key = createPrivateKey(await readFile(keyFile));
const writer = new LedgerWriter({
  folder: new LedgerFolder(path),
  origin: '${ORIGIN}',
  signer: { scheme: 'ed25519', publicKey: createPublicKey(key), sign: async (m) => sign(null, m, key) },
  head: { read: () => readFile(path + '.head').catch(() => undefined), write: async (b) => { await writeFile(path + '.new', b); await rename(path + '.new', path + '.head'); } },
});
const one = async (n) => {
  const title = name + ' ' + n;
  const at = new Date().toISOString();
  const { index } = await writer.append({ kind: 'run', at, by: 'test', subjects: ['arn:' + name], title, detail: {} });
  process.stdout.write(index + ' ' + title + '\\n');
};
for (let n = 0; ; n += 3) await Promise.all([one(n), one(n + 1), one(n + 2)]);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hikeshi-killed-ledger-'));
  await writeFile(join(folder, 'key.pem'), pem, { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function appender(path: string, name: string): { child: ChildProcess; acknowledged: () => string[] } {
  const given = ['--input-type=module', '-e', APPENDER, path, name, join(folder, 'key.pem')];
  const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, acknowledged: () => text.split('\n').slice(0, -1) };
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}

async function expectAllThere(path: string, lines: readonly string[]): Promise<void> {
  const reader = new LedgerFolder(path);
  const publicKey = createPublicKey(createPrivateKey(pem));
  const known = [{ from: 'head', bytes: await readFile(`${path}.head`) }];
  const { faults, checkpoint } = await verifyLedger({ reader, keys: [verifierKey(ORIGIN, publicKey)], known });
  expect(faults).toEqual([]);
  for (const line of lines) {
    const [index = '', ...title] = line.split(' ');
    const check = checkEntry(await readEntry(reader, checkpoint!.size, Number(index)));
    expect(check.kind === 'good' ? check.statement.title : check.text).toBe(title.join(' '));
  }
}

describe('processes that append to one ledger', () => {
  it('are killed at any moment: nothing that was acknowledged is lost, nothing forks', async () => {
    const path = join(folder, 'killed');
    const lines: string[] = [];
    for (let round = 0; round < 6; round++) {
      const both = [appender(path, `a${round}`), appender(path, `b${round}`)];
      for (
        let waited = 0;
        waited < 10_000 && both.some(({ acknowledged }) => acknowledged().length === 0);
        waited += 20
      ) {
        await pause(20);
      }
      await pause(20 + 37 * round);
      for (const { child } of both) await kill(child);
      for (const { acknowledged } of both) lines.push(...acknowledged());
    }
    expect(lines.length).toBeGreaterThan(30);
    await expectAllThere(path, lines);
  }, 120_000);

  it('are looked at meanwhile: what is intact is never called damaged', async () => {
    const path = join(folder, 'watched');
    const both = [appender(path, 'a'), appender(path, 'b')];
    for (let waited = 0; waited < 10_000 && both.some(({ acknowledged }) => acknowledged().length < 3); waited += 20) {
      await pause(20);
    }
    const keys = [verifierKey(ORIGIN, createPublicKey(createPrivateKey(pem)))];
    const sizes: number[] = [];
    for (let round = 0; round < 15; round++) {
      const known = [{ from: 'head', bytes: await readFile(`${path}.head`) }];
      const { reader, files } = await snapshotOf(new LedgerFolder(path));
      // What was read stays what it is, however long somebody takes to look.
      await pause(20 * (round % 4));
      const { faults, checkpoint } = await verifyLedger({ reader, files, keys, known });
      expect(faults).toEqual([]);
      const size = checkpoint?.size ?? 0;
      expect(checkEntry(await readEntry(reader, size, size - 1)).kind).toBe('good');
      sizes.push(size);
    }
    for (const { child } of both) await kill(child);
    expect(new Set(sizes).size, 'they appended meanwhile').toBeGreaterThan(3);
    expect([...sizes].sort((x, y) => x - y)).toEqual(sizes);
    const lines = both.flatMap(({ acknowledged }) => acknowledged());
    await expectAllThere(path, lines);
  }, 120_000);

  it('are frozen and woken: the others wait, and then all goes on', async () => {
    const path = join(folder, 'frozen');
    const frozen = appender(path, 'frozen');
    for (let waited = 0; waited < 10_000 && frozen.acknowledged().length < 6; waited += 5) await pause(5);
    // Stopped at any moment: with the lock or without it.
    frozen.child.kill('SIGSTOP');
    await pause(100);
    const key = createPrivateKey(pem);
    const signer: Signer = {
      scheme: 'ed25519',
      publicKey: createPublicKey(key),
      sign: (message) => Promise.resolve(sign(null, message, key)),
    };
    const head = {
      read: () => readFile(`${path}.head`).catch(() => undefined),
      write: (bytes: Buffer) => writeFile(`${path}.head`, bytes),
    };
    const own = new LedgerWriter({ folder: new LedgerFolder(path, undefined, 300), origin: ORIGIN, signer, head });
    const meanwhile = await own.append(record(1)).catch((error: { code?: string }) => error);
    if (!('index' in meanwhile)) expect(meanwhile.code).toBe('ledger-busy');
    frozen.child.kill('SIGCONT');
    await pause(300);
    await kill(frozen.child);
    const { index } = await own.append(record(2));
    await expectAllThere(path, [...frozen.acknowledged(), `${index} ${record(2).title}`]);
  }, 60_000);
});
