import { beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../base/ports.js';
import { toBase64 } from '../base64.js';
import { signCheckpoint } from '../note/checkpoint.js';
import { formatVerifierKey } from '../note/verifier-key.js';
import { formatEnvelope, signEnvelope } from '../record/dsse.js';
import { PAYLOAD_TYPE } from '../record/statement.js';
import { ed25519Signer, MemoryLedger, ORIGIN, p256Signer, record } from '../testing.fixture.js';
import { encodeBundle, decodeBundle } from '../tiles/entry-bundle.js';
import { appendEntries } from '../tiles/append-entries.js';
import type { FaultCode } from './fault.js';
import { verifyLedger, type VerifyOptions } from './verify-ledger.js';

/** 600 entries in four batches: full and partial tiles of two levels, records inside and outside. */
const ledger = new MemoryLedger();
const other = new MemoryLedger();
/** A small one of the same shape, to be damaged ten thousand times. */
const small = new MemoryLedger();

beforeAll(async () => {
  let place = 0;
  for (const batch of [5, 251, 300, 44]) {
    const records = Array.from({ length: batch }, () => record(place++));
    await ledger.append(records, (at) => at === 3);
  }
  await other.append([record(0), record(1)]);
  for (const batch of [5, 251, 14, 6]) {
    const records = Array.from({ length: batch }, (_, at) => record(at, 'short'));
    await small.append(records, (at) => at === 3);
  }
});

type Damage = (files: Map<string, Buffer>) => void | Promise<void>;

async function faultsOf(damage: Damage, options: Partial<VerifyOptions> = {}, of: MemoryLedger = ledger) {
  const files = of.copy();
  await damage(files);
  const reader = {
    read: (path: string) => Promise.resolve(files.has(path) ? Buffer.from(files.get(path)!) : undefined),
  };
  const report = await verifyLedger({ reader, keys: [of.key], files: [...files.keys()], ...options });
  return report.faults;
}

const bundle = (path: string, change: (entries: Buffer[]) => Buffer[]): Damage => {
  return (files) => {
    const entries = decodeBundle(files.get(path) ?? Buffer.alloc(0)) ?? [];
    files.set(path, encodeBundle(change(entries)));
  };
};
const flip = (path: string, at: number): Damage => {
  return (files) => {
    const bytes = files.get(path) ?? Buffer.alloc(0);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  };
};
/** One letter of base 64 becomes another: a flipped bit may make it none, and then it is the form that is wrong. */
const respell = (path: string, at: number): Damage => {
  return (files) => {
    const bytes = files.get(path) ?? Buffer.alloc(0);
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = bytes[place] === 0x41 ? 0x42 : 0x41;
  };
};
const last = 'tile/entries/002.p/88';

describe('an intact ledger', () => {
  it('has no fault, with and without the entries’ own signatures', async () => {
    expect(await faultsOf(() => undefined)).toEqual([]);
    expect(await faultsOf(() => undefined, { entries: false })).toEqual([]);
  });

  it('is the continuation of every checkpoint it ever had', async () => {
    const known = ledger.heads.map((bytes, at) => ({ from: `head ${at}`, bytes }));
    expect(await faultsOf(() => undefined, { known })).toEqual([]);
  });

  it('with a P-256 key', async () => {
    const own = new MemoryLedger(p256Signer());
    await own.append([record(0), record(1), record(2)]);
    const report = await verifyLedger({ reader: own, keys: [own.key], files: [...own.files.keys()] });
    expect(report.faults).toEqual([]);
  });

  it('of no entries is none', async () => {
    const report = await verifyLedger({ reader: { read: () => Promise.resolve(undefined) }, keys: [ledger.key] });
    expect(report.faults.map(({ code }) => code)).toEqual(['checkpoint-missing']);
  });
});

describe('what is wrong is named', () => {
  const cases: readonly { name: string; damage: Damage; codes: FaultCode[]; says: string; known?: number }[] = [
    { name: 'a byte of an entry', damage: flip('tile/entries/000', 1000), codes: ['entry-changed'], says: 'entry 1 ' },
    { name: 'the last byte of the last entry', damage: flip(last, -1), codes: ['entry-changed'], says: 'entry 599' },
    {
      name: 'two entries exchanged',
      damage: bundle('tile/entries/001', (all) => [...all.slice(0, 10), all[11]!, all[10]!, ...all.slice(12)]),
      codes: ['entry-changed', 'entry-changed'],
      says: 'entry 266',
    },
    {
      name: 'an entry removed',
      damage: bundle(last, (all) => all.slice(0, -1)),
      codes: ['entry-bundle'],
      says: 'exactly the entries 512 to 599',
    },
    {
      name: 'an entry added',
      damage: bundle(last, (all) => [...all, Buffer.from('{}')]),
      codes: ['entry-bundle'],
      says: 'exactly the entries 512 to 599',
    },
    {
      name: 'a bundle removed',
      damage: (files) => void files.delete('tile/entries/001'),
      codes: ['entry-bundle'],
      says: '256 to 511 are missing',
    },
    {
      name: 'a hash of a tile',
      damage: flip('tile/0/001', 32),
      codes: ['tile'],
      says: 'its hash of entry 257 is wrong',
    },
    { name: 'a hash of a tile above', damage: flip('tile/1/000.p/2', 40), codes: ['tile'], says: 'from entry 256 on' },
    { name: 'a tile removed', damage: (files) => void files.delete('tile/0/000'), codes: ['tile'], says: 'missing' },
    {
      name: 'a tile cut short',
      damage: (files) => void files.set('tile/0/000', Buffer.alloc(8191)),
      codes: ['tile'],
      says: '8191 bytes',
    },
    {
      name: 'an entry changed with its hash, in a full tile',
      damage: async (files) => {
        await bundle('tile/entries/000', (all) => [Buffer.from('{}'), ...all.slice(1)])(files);
        const forged = new MemoryLedger();
        const entries = decodeBundle(files.get('tile/entries/000')!) ?? [];
        const { files: made } = await appendEntries(forged, 0, entries);
        files.set('tile/0/000', made.find(({ path }) => path === 'tile/0/000')!.bytes);
      },
      codes: ['entry-changed', 'tile'],
      says: 'changed together with their hashes',
    },
    {
      name: 'a record outside changed',
      damage: (files) => flip(recordOutside(), 10)(files),
      codes: ['record-file'],
      says: 'was changed',
    },
    {
      name: 'a record outside removed',
      damage: (files) => void files.delete(recordOutside()),
      codes: ['record-file'],
      says: 'is missing',
    },
    {
      name: 'a record that nobody names',
      damage: (files) => void files.set(`records/${'0'.repeat(64)}.json`, Buffer.from('{}')),
      codes: ['foreign-file'],
      says: 'no entry names',
    },
    {
      name: 'the checkpoint’s root',
      damage: respell('checkpoint', ORIGIN.length + 8),
      codes: ['checkpoint-signature', 'checkpoint-root'],
      says: 'signature of a trusted key',
    },
    {
      name: 'the checkpoint’s signature',
      damage: respell('checkpoint', -10),
      codes: ['checkpoint-signature'],
      says: 'wrong',
    },
    {
      name: 'no checkpoint',
      damage: (files) => void files.delete('checkpoint'),
      codes: ['checkpoint-missing'],
      says: 'no checkpoint',
    },
    {
      name: 'a checkpoint that is none',
      damage: (files) => void files.set('checkpoint', Buffer.from('hello\n')),
      codes: ['checkpoint-form'],
      says: 'signed note',
    },
    {
      name: 'another log’s checkpoint',
      damage: (files) => void files.set('checkpoint', other.files.get('checkpoint')!),
      codes: ['checkpoint-key', 'tile'],
      says: 'no trusted key',
    },
    {
      name: 'a foreign file',
      damage: (files) => void files.set('notes.txt', Buffer.from('x')),
      codes: ['foreign-file'],
      says: 'does not belong',
    },
    {
      name: 'a tile where no tile is',
      damage: (files) => void files.set('tile/3/000.p/1', Buffer.alloc(32)),
      codes: ['beyond-checkpoint'],
      says: 'beyond the 600 entries',
    },
    { name: 'an earlier form of a tile', damage: flip('tile/0/000.p/5', 3), codes: ['tile'], says: 'earlier form' },
    {
      name: 'an earlier form of a bundle',
      damage: flip('tile/entries/002.p/44', 30),
      codes: ['entry-bundle'],
      says: 'earlier form',
    },
    {
      name: 'another key beside it',
      damage: (files) => void files.set('keys/00000000.vkey', Buffer.from(`${formatVerifierKey(other.key)}\n`)),
      codes: ['key-file'],
      says: 'not one of the keys',
    },
  ];

  it.each(cases)('$name', async ({ damage, codes, says }) => {
    const faults = await faultsOf(damage);
    expect([...new Set(faults.map(({ code }) => code))].slice(0, 2)).toEqual([...new Set(codes)]);
    expect(faults.map(({ text }) => text).join('\n')).toContain(says);
  });

  it('an old checkpoint put back, the newer files left', async () => {
    const faults = await faultsOf((files) => void files.set('checkpoint', ledger.heads[1]!));
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['foreign-file', 'beyond-checkpoint']));
  });

  it('an old state put back whole: who has seen a later checkpoint knows', async () => {
    const old = new MemoryLedger(ledger.signer);
    await old.append(
      Array.from({ length: 5 }, (_, place) => record(place)),
      (at) => at === 3,
    );
    const options = { reader: old, keys: [ledger.key], files: [...old.files.keys()] };
    expect((await verifyLedger(options)).faults).toEqual([]);
    const known = [{ from: 'seen', bytes: ledger.heads[2]! }];
    expect((await verifyLedger({ ...options, known })).faults).toMatchObject([{ code: 'truncated' }]);
  });

  it('a history rewritten by the log’s own key: who has seen an earlier checkpoint knows', async () => {
    const forked = new MemoryLedger(ledger.signer);
    await forked.append(Array.from({ length: 700 }, (_, place) => record(place + 1)));
    const options = { reader: forked, keys: [ledger.key], files: [...forked.files.keys()] };
    expect((await verifyLedger(options)).faults).toEqual([]);
    const known = [{ from: 'seen', bytes: ledger.heads[0]! }];
    expect((await verifyLedger({ ...options, known })).faults).toMatchObject([{ code: 'forked' }]);
  });

  it('a known checkpoint that nobody trusted signed says nothing', async () => {
    const stranger = await signCheckpoint({ origin: ORIGIN, size: 1, root: Buffer.alloc(32) }, [ed25519Signer()]);
    const known = [{ from: 'stranger', bytes: Buffer.from(stranger) }];
    expect(await faultsOf(() => undefined, { known })).toMatchObject([{ code: 'checkpoint-signature' }]);
  });

  it('an entry that another key signed, in an otherwise intact ledger', async () => {
    const own = new MemoryLedger();
    await own.append([record(0)]);
    const payload = Buffer.from('{"_type":"something else"}');
    const foreign = formatEnvelope(await signEnvelope(PAYLOAD_TYPE, payload, ed25519Signer()));
    const form = formatEnvelope(await signEnvelope(PAYLOAD_TYPE, payload, own.signer));
    const entries = [foreign, form, '{"payload":"x"}'].map((text) => Buffer.from(text));
    const { files, size, root } = await appendEntries(own, 1, entries);
    for (const { path, bytes } of files) own.files.set(path, bytes);
    own.files.set('checkpoint', Buffer.from(await signCheckpoint({ origin: ORIGIN, size, root }, [own.signer])));
    const { faults } = await verifyLedger({ reader: own, keys: [own.key] });
    expect(faults.map(({ code, index }) => ({ code, index }))).toEqual([
      { code: 'entry-signature', index: 1 },
      { code: 'entry-form', index: 2 },
      { code: 'entry-form', index: 3 },
    ]);
  });
});

function recordOutside(): string {
  return [...ledger.files.keys()].find((path) => path.startsWith('records/')) ?? 'records/of-the-first-batch';
}

/** One way to damage a ledger, drawn at random; whatever it does, some byte of some file is another. */
function corrupt(files: Map<string, Buffer>, random: SeededRandom): string {
  const paths = [...files.keys()].sort();
  const path = random.pick(paths);
  const bytes = files.get(path)!;
  const at = random.below(bytes.length);
  switch (random.below(8)) {
    case 0:
      // The log itself removes earlier forms of tiles; that is no damage.
      if (/\.p\/(?:5|14)$/.test(path)) return corrupt(files, random);
      files.delete(path);
      return `${path} removed`;
    case 1:
      files.set(path, bytes.subarray(0, at));
      return `${path} cut to ${at}`;
    case 2:
      files.set(path, Buffer.concat([bytes.subarray(0, at), Buffer.of(random.below(256)), bytes.subarray(at)]));
      return `${path} longer at ${at}`;
    case 3: {
      const source = random.pick(paths.filter((each) => !files.get(each)!.equals(bytes)));
      files.set(path, files.get(source)!);
      return `${path} replaced by ${source}`;
    }
    case 4:
      files.set(`${path}${random.pick(['.bak', '/x', 'x'])}`, bytes);
      return `${path} copied beside itself`;
    default: {
      const bit = 1 << random.below(8);
      bytes[at]! ^= bit;
      return `${path} byte ${at} bit ${bit}`;
    }
  }
}

describe('random corruptions', () => {
  const COUNT = 10_000;
  const SIGNATURES_EVERY = 50;

  it(`${COUNT} of them: every one is found`, async () => {
    const seed = Number(process.env['HIKESHI_SEED'] ?? Date.now() % 1_000_000);
    const random = new SeededRandom(seed);
    const missed: string[] = [];
    for (let round = 0; round < COUNT; round++) {
      let what = '';
      const entries = round % SIGNATURES_EVERY === 0;
      const own = random.below(2 ** 31);
      const damage: Damage = (files) => void (what = corrupt(files, new SeededRandom(own)));
      const faults = await faultsOf(damage, { entries }, small);
      if (faults.length > 0) continue;
      // Without reading the entries it is not known which records they name: those are found by reading them.
      if (!what.startsWith('records/') || (await faultsOf(damage, {}, small)).length === 0) missed.push(what);
    }
    expect(missed, `HIKESHI_SEED=${seed}`).toEqual([]);
  }, 300_000);
});

it('base 64 of a checkpoint’s root has one spelling', () => {
  expect(toBase64(Buffer.alloc(32))).toHaveLength(44);
});
