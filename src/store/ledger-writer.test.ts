import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.js';
import { verifierKey } from '../ledger/note/verifier-key.js';
import { prove } from '../ledger/prove.js';
import type { LedgerRecord } from '../ledger/record/statement.js';
import type { Signer } from '../ledger/signer.js';
import { ed25519Signer, ORIGIN, p256Signer, record } from '../ledger/testing.fixture.js';
import { proves } from '../ledger/tlog-proof.js';
import { verifyLedger } from '../ledger/verify/verify-ledger.js';
import { LedgerFolder, realDisk, type Disk } from './ledger-folder.js';
import { LedgerWriter } from './ledger-writer.js';

const made: string[] = [];
let path: string;
/** This machine's copy of the head. */
const own: { head?: Buffer } = {};
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hikeshi-ledger-'));
  made.push(folder);
  path = join(folder, 'ledger');
  delete own.head;
});
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));

const signer = ed25519Signer();

function writer(disk: Disk = realDisk, by: Signer = signer): LedgerWriter {
  return new LedgerWriter({
    folder: new LedgerFolder(path, disk, 200),
    origin: ORIGIN,
    signer: by,
    head: { read: () => Promise.resolve(own.head), write: (bytes) => Promise.resolve(void (own.head = bytes)) },
  });
}

async function verify() {
  const folder = new LedgerFolder(path);
  const seen = own.head === undefined ? [] : [{ from: 'head', bytes: own.head }];
  return verifyLedger({
    reader: folder,
    keys: [verifierKey(ORIGIN, signer.publicKey)],
    known: seen,
    files: await folder.files(),
  });
}

const many = (count: number, from = 0) => Array.from({ length: count }, (_, place) => record(from + place));
const appendAll = (to: LedgerWriter, records: readonly LedgerRecord[]) =>
  Promise.all(records.map((each) => to.append(each)));

describe('appending', () => {
  it('gives every record its number and its proof, in batches of any size', async () => {
    const mine = writer();
    let next = 0;
    for (const batch of [1, 2, 253, 1, 300]) {
      const receipts = await appendAll(mine, many(batch, next));
      expect(receipts.map(({ index }) => index)).toEqual(Array.from({ length: batch }, () => next++));
      const last = receipts.at(-1)!;
      const proof = await prove(new LedgerFolder(path), last.checkpoint, last.index);
      expect(proves(proof, Buffer.from(last.entry))).toBe(true);
      expect(proves(proof, Buffer.from('another entry'))).toBe(false);
    }
    const report = await verify();
    expect(report.faults).toEqual([]);
    expect(report.checkpoint?.size).toBe(557);
  });

  it('signs one checkpoint a batch', async () => {
    let checkpoints = 0;
    const counting: Signer = {
      ...signer,
      sign: (message) => {
        if (Buffer.from(message).toString().startsWith(`${ORIGIN}\n`)) checkpoints++;
        return signer.sign(message);
      },
    };
    await appendAll(writer(realDisk, counting), many(500));
    expect(checkpoints).toBe(1);
  });

  it('a record too long for an entry is kept beside it', async () => {
    const long = record(1, 'x'.repeat(200_000));
    await appendAll(writer(), [record(0), long, record(2)]);
    expect((await verify()).faults).toEqual([]);
    expect(await readdir(join(path, 'records'))).toHaveLength(1);
  });

  it('with a signer of short messages, as KMS’s Ed25519, longer records are kept beside', async () => {
    const short: Signer = {
      ...signer,
      messageMax: 4096,
      sign: (message) => (message.length > 4096 ? Promise.reject(new Error('too long')) : signer.sign(message)),
    };
    await appendAll(writer(realDisk, short), [record(0), record(1, 'x'.repeat(5000))]);
    expect((await verify()).faults).toEqual([]);
    expect(await readdir(join(path, 'records'))).toHaveLength(1);
  });

  it('earlier forms of bundles do not pile up', async () => {
    const mine = writer();
    for (const each of many(30)) await mine.append(each);
    expect((await readdir(join(path, 'tile/entries/000.p'))).sort()).toEqual(['29', '30']);
    expect((await verify()).faults).toEqual([]);
  });

  it('a signer that signs with another key than it says is refused, and nothing is written', async () => {
    const lying: Signer = { ...signer, sign: (message) => ed25519Signer().sign(message) };
    await expect(writer(realDisk, lying).append(record(0))).rejects.toMatchObject({ code: 'ledger-signature' });
    expect(await new LedgerFolder(path).files()).toEqual([]);
  });

  it('another key is refused, and nothing is written', async () => {
    await writer().append(record(0));
    const before = await new LedgerFolder(path).read('checkpoint');
    await expect(writer(realDisk, p256Signer()).append(record(1))).rejects.toMatchObject({ code: 'ledger-other-key' });
    expect(await new LedgerFolder(path).read('checkpoint')).toEqual(before);
  });

  it.each([
    { name: 'an old checkpoint was put back', harm: (old: Buffer) => writeFile(join(path, 'checkpoint'), old) },
    { name: 'the checkpoint is gone', harm: () => rm(join(path, 'checkpoint')) },
    { name: 'the ledger is gone', harm: () => rm(path, { recursive: true }) },
  ])('when $name, nothing is appended over it', async ({ harm }) => {
    await writer().append(record(0));
    const old = own.head!;
    await writer().append(record(1));
    await harm(old);
    await expect(writer().append(record(2))).rejects.toMatchObject({ code: 'ledger-rolled-back' });
  });
});

describe('two that append to one ledger', () => {
  it('take turns, lose nothing and fork nothing', async () => {
    const [one, two] = [writer(), writer()];
    const rounds = Array.from({ length: 20 }, (_, round) => [
      appendAll(one, many(3, round * 10)),
      appendAll(two, many(2, round * 10 + 5)),
    ]);
    const receipts = (await Promise.all(rounds.flat())).flat();
    expect(receipts.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, at) => at),
    );
    expect((await verify()).faults).toEqual([]);
  });
});

describe('a record that must not be there twice', () => {
  it('is one entry, whoever appends it again and lost sight of the other', async () => {
    const [one, two] = [writer(), writer()];
    await appendAll(one, many(3));
    const again = await Promise.all([one.append(record(7), 3), two.append(record(7), 3)]);
    expect(again.map(({ index }) => index)).toEqual([3, 3]);
    expect(again[0]?.entry).toBe(again[1]?.entry);
    const mixed = await Promise.all([two.append(record(8)), two.append(record(7), 2), two.append(record(9), 4)]);
    expect(mixed.map(({ index }) => index)).toEqual([4, 3, 5]);
    const last = mixed.at(-1)!;
    const proof = await prove(new LedgerFolder(path), last.checkpoint, 3);
    expect(proves(proof, Buffer.from(mixed[1]!.entry))).toBe(true);
    const report = await verify();
    expect([report.faults, report.checkpoint?.size]).toEqual([[], 6]);
  });

  it('is looked for only from where it is asked to be', async () => {
    const mine = writer();
    await appendAll(mine, many(3));
    expect((await mine.append(record(1), 2)).index).toBe(3);
    expect((await mine.append(record(1))).index).toBe(4);
    expect((await mine.append(record(2), 100)).index).toBe(5);
  });
});

/** A disk that fails at the n-th thing asked of it, and at everything after that: full, or the machine is off. */
function failingAt(step: number, code: string): Disk & { readonly count: () => number } {
  let count = 0;
  const gate = () => {
    count++;
    if (count >= step) throw Object.assign(new Error(code), { code });
  };
  return {
    count: () => count,
    write: (...given) => (gate(), realDisk.write(...given)),
    syncFolder: (folder) => (gate(), realDisk.syncFolder(folder)),
    remove: (file) => (gate(), realDisk.remove(file)),
  };
}

describe('a disk that fails', () => {
  const asAsync = (disk: Disk): Disk => ({
    write: async (...given) => disk.write(...given),
    syncFolder: async (folder) => disk.syncFolder(folder),
    remove: async (file) => disk.remove(file),
  });

  it('at any step: what was acknowledged is there, what was not is not half there, and the next append goes on', async () => {
    await appendAll(writer(), many(254));
    let acknowledged = 254;
    let step = 1;
    for (; step < 200; step++) {
      const disk = failingAt(step, 'ENOSPC');
      const outcome = await appendAll(writer(asAsync(disk)), many(3, acknowledged)).catch((error: unknown) => error);
      if (Array.isArray(outcome)) acknowledged += 3;
      else expect(outcome, `step ${step}`).toBeInstanceOf(Error);
      const beyond = (await verify()).faults.filter(({ code }) => code !== 'beyond-checkpoint');
      expect(beyond, `after step ${step}`).toEqual([]);
      const size = (await verify()).checkpoint!.size;
      expect(size, `after step ${step}`).toBeGreaterThanOrEqual(acknowledged);
      if (Array.isArray(outcome) && disk.count() < step) break;
      const [receipt] = await appendAll(writer(), many(1, size));
      expect(receipt!.index, `after step ${step}`).toBe(size);
      acknowledged = size + 1;
      expect((await verify()).faults, `after step ${step}`).toEqual([]);
    }
    expect(step).toBeGreaterThan(8);
    expect(step).toBeLessThan(200);
  }, 60_000);

  it.each(['ENOSPC', 'EACCES', 'EROFS'])('%s is named, and what was there is intact', async (code) => {
    await writer().append(record(0));
    const failure = await writer(asAsync(failingAt(1, code)))
      .append(record(1))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Problem);
    expect(failure).toMatchObject({ code: 'ledger-unwritable', message: expect.stringContaining(code) as string });
    expect((await verify()).checkpoint?.size).toBe(1);
  });
});
