import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpoint, type SignedCheckpoint } from '../../ledger/note/checkpoint.js';
import { verifierKey, type VerifierKey } from '../../ledger/note/verifier-key.js';
import { prove } from '../../ledger/prove.js';
import type { LedgerRecord } from '../../ledger/record/statement.js';
import type { Signer } from '../../ledger/signer.js';
import type { TileReader } from '../../ledger/tiles/tile-tree.js';
import { formatProof } from '../../ledger/tlog-proof.js';
import { CHECKPOINT_PATH } from '../../ledger/verify/verify-ledger.js';
import { writeWhole } from '../../store/durable-file.js';
import type { Home } from '../../store/home.js';
import { LedgerFolder } from '../../store/ledger-folder.js';
import {
  readLedgerSettings,
  writeLedgerSettings,
  type LedgerReach,
  type LedgerSettings,
} from '../../store/ledger-settings.js';
import { LedgerWriter, type Receipt } from '../../store/ledger-writer.js';

/** A key and how it is found again: its name in the embedded key store, or a KMS key's ARN and how KMS is reached. */
export interface SigningKey {
  readonly id: string;
  readonly signer: Signer;
  readonly reach?: LedgerReach;
  close(): void;
}

/** The ledger of this machine: everything that was approved and done is attested in it. */
export class Ledger {
  readonly folder: LedgerFolder;
  readonly settings: LedgerSettings;
  private readonly writer: LedgerWriter;
  private readonly key: SigningKey;

  private constructor(home: Home, settings: LedgerSettings, key: SigningKey) {
    this.key = key;
    this.folder = new LedgerFolder(home.ledger);
    this.settings = settings;
    const path = headPath(home);
    this.writer = new LedgerWriter({
      folder: this.folder,
      origin: settings.origin,
      signer: key.signer,
      earlierKeys: settings.keys,
      head: {
        read: () => readFile(path).catch(() => undefined),
        write: (checkpoint) => writeWhole(path, [checkpoint.toString('utf8').replace(/\n$/, '')]),
      },
    });
  }

  /**
   * Opens this machine's ledger, and begins it the first time. A key that is not the one that signed before becomes the
   * signing key; the earlier ones stay trusted for what they signed.
   *
   * @param keyOf finds the key; given the settings of a ledger that there is already.
   * @param origin the name of a new ledger.
   */
  static async open(
    home: Home,
    keyOf: (before: LedgerSettings | undefined) => Promise<SigningKey>,
    origin?: string,
  ): Promise<Ledger> {
    const path = settingsPath(home);
    const before = await readLedgerSettings(path);
    const key = await keyOf(before);
    const name = before?.origin ?? origin ?? defaultOrigin(key.signer);
    const own = verifierKey(name, key.signer.publicKey);
    const keys = [...(before?.keys ?? []).filter(({ keyId }) => !keyId.equals(own.keyId)), own];
    const reach = key.reach === undefined ? {} : { reach: key.reach };
    const settings: LedgerSettings = { origin: name, keys, signingKey: key.id, ...reach };
    const isSame = before?.signingKey === key.id && before.keys.at(-1)?.keyId.equals(own.keyId) === true;
    if (!isSame) await writeLedgerSettings(path, settings);
    return new Ledger(home, settings, key);
  }

  /** Lets go of the key. */
  close(): void {
    this.key.close();
  }

  /** @param unlessFrom given, not when an entry from this one on has the record already: then that one's receipt. */
  append(record: LedgerRecord, unlessFrom?: number): Promise<Receipt> {
    return this.writer.append(record, unlessFrom);
  }

  /** The head of the ledger as it is; undefined when nothing was recorded yet. */
  async checkpoint(): Promise<SignedCheckpoint | undefined> {
    return readCheckpoint(this.folder);
  }

  /**
   * Writes what is needed to believe one entry without the ledger: the entry and its proof.
   *
   * @returns the proof's path.
   */
  async writeProof(folder: string, name: string, { index, entry, checkpoint }: Receipt): Promise<string> {
    const proof = join(folder, `${name}.tlog-proof`);
    await writeWhole(join(folder, `${name}.dsse.json`), [entry]);
    await writeWhole(proof, [formatProof(await prove(this.folder, checkpoint, index)).replace(/\n$/, '')]);
    return proof;
  }
}

/** The head of a ledger, wherever it is read. */
export async function readCheckpoint(folder: TileReader): Promise<SignedCheckpoint | undefined> {
  const bytes = await folder.read(CHECKPOINT_PATH);
  return bytes === undefined ? undefined : parseCheckpoint(bytes);
}

/** Where this machine keeps what it knows of its ledger. */
export const settingsPath = (home: Home) => `${home.ledger}.json`;
export const headPath = (home: Home) => `${home.ledger}.head`;

function defaultOrigin(signer: Signer): string {
  const key: VerifierKey = verifierKey('hikeshi', signer.publicKey);
  return `hikeshi-ledger-${key.keyId.toString('hex')}`;
}
