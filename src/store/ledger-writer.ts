import { Problem } from '../base/problem.js';
import { emptyRoot } from '../ledger/merkle/hashing.js';
import { checkSignature, parseCheckpoint, signCheckpoint, type SignedCheckpoint } from '../ledger/note/checkpoint.js';
import { verifierKey, type VerifierKey } from '../ledger/note/verifier-key.js';
import { formatEnvelope, preAuthEncoding, signEnvelope } from '../ledger/record/dsse.js';
import { canonicalRecord, digestOf, PAYLOAD_TYPE, recordPath, statementOf } from '../ledger/record/statement.js';
import type { LedgerRecord } from '../ledger/record/statement.js';
import type { Signer } from '../ledger/signer.js';
import { appendEntries, type LogFile } from '../ledger/tiles/append-entries.js';
import { ENTRY_MAX_BYTES } from '../ledger/tiles/entry-bundle.js';
import { readEntry } from '../ledger/prove.js';
import { checkEntry } from '../ledger/verify/verify-entries.js';
import { TileTree } from '../ledger/tiles/tile-tree.js';
import { CHECKPOINT_PATH } from '../ledger/verify/verify-ledger.js';
import type { LedgerFolder } from './ledger-folder.js';

/** What an append is acknowledged with. */
export interface Receipt {
  /** The number of the entry, from 0. */
  readonly index: number;
  /** The entry: an envelope. */
  readonly entry: string;
  /** The first checkpoint that has it. */
  readonly checkpoint: SignedCheckpoint;
}

export interface LedgerWriterOptions {
  readonly folder: LedgerFolder;
  /** The log's name. */
  readonly origin: string;
  readonly signer: Signer;
  /** Keys that signed this log before. */
  readonly earlierKeys?: readonly VerifierKey[];
  /** The last checkpoint that this machine acknowledged, kept outside the ledger's folder. */
  readonly head: { read(): Promise<Buffer | undefined>; write(checkpoint: Buffer): Promise<void> };
}

/** The longest statement that is kept in its entry: base 64 in an envelope makes it a third longer. */
const INLINE_MAX_BYTES = Math.floor(((ENTRY_MAX_BYTES - 4096) * 3) / 4);
/** Entries in one batch: what a batch holds in memory stays small. */
const BATCH_MAX = 4096;

/** A record on its way into the ledger. */
interface Appended {
  readonly record: LedgerRecord;
  /** Not when an entry from this one on has the record already. */
  readonly unlessFrom: number | undefined;
}

interface Waiting extends Appended {
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Appends records to a ledger. Those that arrive while a batch is being written form the next one: a checkpoint is
 * signed once a batch. An append is acknowledged when its entry, the tiles over it, the checkpoint and this machine's own
 * copy of the checkpoint are on the disk; a crash before that leaves the ledger as it was.
 */
export class LedgerWriter {
  private readonly options: LedgerWriterOptions;
  private readonly waiting: Waiting[] = [];
  private working: Promise<void> | undefined;

  constructor(options: LedgerWriterOptions) {
    this.options = options;
  }

  /**
   * @param unlessFrom given, the record is looked for in the entries from this one on, with the ledger to itself: of two
   * processes that lost sight of each other, one makes the entry and the other is told of it. O(entries since).
   * @throws Problem `ledger-unwritable`, `ledger-busy`, `ledger-rolled-back`, `ledger-other-key`: nothing was recorded.
   */
  append(record: LedgerRecord, unlessFrom?: number): Promise<Receipt> {
    const receipt = new Promise<Receipt>((resolve, reject) => {
      this.waiting.push({ record, unlessFrom, resolve, reject });
    });
    this.working ??= this.work();
    return receipt;
  }

  private async work(): Promise<void> {
    // Whoever appends in this turn of the event loop shares the first batch.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_MAX);
      try {
        const receipts = await this.write(batch);
        batch.forEach(({ resolve }, place) => resolve(receipts[place] as Receipt));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.working = undefined;
  }

  private async write(batch: readonly Appended[]): Promise<Receipt[]> {
    const { folder, origin, signer, head } = this.options;
    const all = await Promise.all(batch.map((each) => this.entryOf(each)));
    const { before, after, known } = await folder.alone(async () => {
      const before = await this.present();
      await folder.clearBeyond(before.size);
      const known = await this.known(all, before.size);
      const made = all.filter(({ digest }) => !known.has(digest));
      if (made.length === 0) return { before, known, after: (await folder.read(CHECKPOINT_PATH)) as Buffer };
      const entries = made.map(({ entry }) => Buffer.from(entry));
      const { files, size, root } = await appendEntries(folder, before.size, entries);
      const checkpoint = Buffer.from(await signCheckpoint({ origin, size, root }, [signer]));
      // A signer that signs with another key than it says must not become part of the history.
      const own = parseCheckpoint(checkpoint);
      if (own === undefined || checkSignature(own.note, verifierKey(origin, signer.publicKey)) !== 'good') {
        const next = 'check which key signs; nothing was recorded';
        throw new Problem('ledger-signature', 'the key that signs the ledger is not the one it says', { next });
      }
      await folder.write([...made.flatMap(({ files }) => files), ...files]);
      await folder.write([{ path: CHECKPOINT_PATH, bytes: checkpoint }]);
      await head.write(checkpoint);
      await folder.clearEarlier(before.size, size);
      return { before, known, after: checkpoint };
    });
    const checkpoint = parseCheckpoint(after) as SignedCheckpoint;
    let next = before.size;
    return all.map(({ entry, digest }) => ({ ...(known.get(digest) ?? { index: next++, entry }), checkpoint }));
  }

  /** Of records that are not to be appended twice, those that there are, by their digests. */
  private async known(
    made: readonly { readonly digest: string; readonly unlessFrom: number | undefined }[],
    size: number,
  ): Promise<ReadonlyMap<string, { readonly index: number; readonly entry: string }>> {
    const known = new Map<string, { index: number; entry: string }>();
    const sought = new Map(
      made.flatMap(({ digest, unlessFrom }) => (unlessFrom === undefined ? [] : [[digest, unlessFrom]])),
    );
    for (let index = Math.min(size, ...sought.values()); index < size; index++) {
      const entry = await readEntry(this.options.folder, size, index);
      const check = checkEntry(entry);
      if (check.kind !== 'good' || index < (sought.get(check.statement.digest) ?? Infinity)) continue;
      known.set(check.statement.digest, { index, entry: entry.toString('utf8') });
    }
    return known;
  }

  /** What the ledger is now, checked against what this machine knows of it. */
  private async present(): Promise<{ size: number; root: Uint8Array }> {
    const { folder, origin, signer, earlierKeys = [], head } = this.options;
    const [bytes, known] = await Promise.all([folder.read(CHECKPOINT_PATH), head.read()]);
    const last = known === undefined ? undefined : parseCheckpoint(known);
    if (known !== undefined && last === undefined) {
      const next = 'restore it from a backup; without it an old ledger could be put in the place of this one';
      throw new Problem('ledger-head', `this machine's copy of the head of \`${folder.path}\` is damaged`, { next });
    }
    if (bytes === undefined && last === undefined) return { size: 0, root: emptyRoot() };
    const checkpoint = bytes === undefined ? undefined : parseCheckpoint(bytes);
    const size = checkpoint?.size ?? 0;
    if (last !== undefined && size < last.size) throw rolledBack(folder.path, size, last.size);
    const keys = [verifierKey(origin, signer.publicKey), ...earlierKeys];
    const checks = keys.map((key) => (checkpoint === undefined ? 'absent' : checkSignature(checkpoint.note, key)));
    if (checkpoint?.origin !== origin || !checks.includes('good') || checks.includes('bad')) {
      const next = 'run `hikeshi ledger verify`; to begin a new ledger, move this folder away';
      throw new Problem('ledger-other-key', `the checkpoint of \`${folder.path}\` is not signed by this ledger's key`, {
        next,
      });
    }
    if (last !== undefined) {
      const root = await new TileTree(folder, size).root(last.size);
      if (!last.root.equals(root)) throw rolledBack(folder.path, size, last.size);
    }
    return checkpoint;
  }

  /** The entry of a record; a record that is too long for it goes to a file. */
  private async entryOf({ record, unlessFrom }: Appended) {
    const { signer } = this.options;
    const canonical = canonicalRecord(record);
    const digest = digestOf(canonical);
    const whole = statementOf(record, true, canonical);
    const longest = Math.min(signer.messageMax ?? Infinity, INLINE_MAX_BYTES);
    const isInline = preAuthEncoding(PAYLOAD_TYPE, whole).length <= longest;
    const statement = isInline ? whole : statementOf(record, false, canonical);
    const entry = formatEnvelope(await signEnvelope(PAYLOAD_TYPE, statement, signer));
    const files: LogFile[] = isInline ? [] : [{ path: recordPath(digest), bytes: canonical }];
    return { entry, files, digest, unlessFrom };
  }
}

function rolledBack(path: string, size: number, known: number): Problem {
  const next =
    'restore the ledger from a copy; `hikeshi ledger verify` says what is wrong. Nothing is appended to it as it is';
  return new Problem(
    'ledger-rolled-back',
    `the ledger \`${path}\` has \`${size}\` entries and is not the one of \`${known}\` entries that was acknowledged`,
    { next },
  );
}
