import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifierKey } from '../src/ledger/note/verifier-key.js';
import { parseCheckpoint, signCheckpoint } from '../src/ledger/note/checkpoint.js';
import { prove } from '../src/ledger/prove.js';
import { formatEnvelope, signEnvelope } from '../src/ledger/record/dsse.js';
import { PAYLOAD_TYPE, statementOf, type LedgerRecord } from '../src/ledger/record/statement.js';
import type { Signer } from '../src/ledger/signer.js';
import { appendEntries } from '../src/ledger/tiles/append-entries.js';
import { verifyLedger } from '../src/ledger/verify/verify-ledger.js';
import { LedgerFolder } from '../src/store/ledger-folder.js';
import { LedgerWriter } from '../src/store/ledger-writer.js';

const ORIGIN = 'ledger.example.com/bench';
const APPENDED = 20_000;
const VERIFIED = 1_000_000;
const BATCH = 4096;
/** Entries whose own signatures are checked: enough to know the rate. */
const SIGNED = 20_000;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer: Signer = {
  scheme: 'ed25519',
  publicKey,
  sign: (message) => Promise.resolve(sign(null, message, privateKey)),
};
const keys = [verifierKey(ORIGIN, publicKey)];

/** A record of a run of one step, as long as a real one. */
function record(place: number): LedgerRecord {
  const call = {
    service: 'ec2',
    operation: 'RevokeSecurityGroupIngress',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const step = { id: 'revoke', title: `revoke ingress from sg-${place}`, call, before: [], after: [], undo: [call] };
  return {
    kind: 'run',
    at: new Date(Date.UTC(2026, 0, 1) + place * 1000).toISOString(),
    by: 'arn:aws:sts::111122223333:assumed-role/hikeshi/mori',
    subjects: [`arn:aws:ec2:eu-west-1:111122223333:security-group/sg-${place}`],
    title: 'apply revoke-open-ingress for EC2.53: everything was done, PASSED',
    detail: { run: { plan: { steps: [step, step, step] } }, entries: Array.from({ length: 6 }, () => step) },
  } as LedgerRecord;
}

/** Appends, verification and proofs of the ledger, against hashing the same bytes and against signing alone. */
export async function bench(print: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hikeshi-bench-ledger-'));
  try {
    await benchAppend(join(folder, 'appended'), print);
    await benchVerify(join(folder, 'verified'), print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchAppend(path: string, print: (line: string) => void): Promise<void> {
  const own: { head?: Buffer } = {};
  const writer = new LedgerWriter({
    folder: new LedgerFolder(path),
    origin: ORIGIN,
    signer,
    head: { read: () => Promise.resolve(own.head), write: (bytes) => Promise.resolve(void (own.head = bytes)) },
  });
  await writer.append(record(0));
  const records = Array.from({ length: APPENDED }, (_, place) => record(place));
  const startedMs = performance.now();
  await Promise.all(records.map((each) => writer.append(each)));
  const perSecond = (APPENDED / (performance.now() - startedMs)) * 1000;
  const message = Buffer.alloc(2048, 1);
  const baseMs = performance.now();
  for (let each = 0; each < APPENDED; each++) sign(null, message, privateKey);
  const signs = (APPENDED / (performance.now() - baseMs)) * 1000;
  print(
    `append, batched, durable: ${perSecond.toFixed(0)} entries/s (wanted: 5000); ${((perSecond / signs) * 100).toFixed(0)} % of only signing 2 KB with Ed25519`,
  );
}

async function benchVerify(path: string, print: (line: string) => void): Promise<void> {
  const reader = new LedgerFolder(path);
  let size = 0;
  let root: Uint8Array = Buffer.alloc(32);
  const entries: Buffer[] = [];
  for (let place = 0; place < SIGNED; place++) {
    entries.push(
      Buffer.from(formatEnvelope(await signEnvelope(PAYLOAD_TYPE, statementOf(record(place), true), signer))),
    );
  }
  while (size < VERIFIED) {
    const batch = Array.from(
      { length: Math.min(BATCH, VERIFIED - size) },
      (_, at) => entries[(size + at) % SIGNED] as Buffer,
    );
    const appended = await appendEntries(reader, size, batch);
    await reader.write(appended.files);
    ({ size, root } = appended);
  }
  const text = Buffer.from(await signCheckpoint({ origin: ORIGIN, size, root: Buffer.from(root) }, [signer]));
  await reader.write([{ path: 'checkpoint', bytes: text }]);
  const files = await reader.files();
  const hashAll = async () => {
    const hash = createHash('sha256');
    let bytes = 0;
    for (const file of files) {
      const content = await readFile(join(path, file));
      bytes += content.length;
      hash.update(content);
    }
    hash.digest();
    return bytes;
  };
  await hashAll();
  let [hashMs, treeMs, bytes] = [Infinity, Infinity, 0];
  for (let round = 0; round < 3; round++) {
    let startedMs = performance.now();
    bytes = await hashAll();
    hashMs = Math.min(hashMs, performance.now() - startedMs);
    startedMs = performance.now();
    const { faults } = await verifyLedger({ reader, keys, files, entries: false });
    treeMs = Math.min(treeMs, performance.now() - startedMs);
    if (faults.length > 0) throw new Error(`the ledger is not intact: ${JSON.stringify(faults[0])}`);
  }
  const perEntry = Math.round(bytes / size);
  print(
    `verify ${size} entries of ${perEntry} bytes: ${(treeMs / 1000).toFixed(1)} s, ${((hashMs / treeMs) * 100).toFixed(0)} % of the speed of only hashing the files, ${(hashMs / 1000).toFixed(1)} s (wanted: 50 %)`,
  );
  await benchProofs(reader, text, print);
}

async function benchProofs(reader: LedgerFolder, text: Buffer, print: (line: string) => void): Promise<void> {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint === undefined) throw new Error('the checkpoint cannot be read');
  const reads: string[] = [];
  const counting = { read: (path: string) => (reads.push(path), reader.read(path)) };
  const rounds = 200;
  const startedMs = performance.now();
  for (let round = 0; round < rounds; round++)
    await prove(counting, checkpoint, Math.floor((round * checkpoint.size) / rounds));
  const ms = (performance.now() - startedMs) / rounds;
  print(
    `an inclusion proof in ${checkpoint.size} entries: ${ms.toFixed(2)} ms, ${(reads.length / rounds).toFixed(1)} tiles read, at most 16 held`,
  );
}
