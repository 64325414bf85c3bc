import { generateKeyPairSync, sign } from 'node:crypto';
import { emptyRoot } from './merkle/hashing.js';
import { signCheckpoint } from './note/checkpoint.js';
import { verifierKey } from './note/verifier-key.js';
import { formatEnvelope, signEnvelope } from './record/dsse.js';
import {
  canonicalRecord,
  digestOf,
  PAYLOAD_TYPE,
  recordPath,
  statementOf,
  type LedgerRecord,
} from './record/statement.js';
import type { Signer } from './signer.js';
import { appendEntries } from './tiles/append-entries.js';

export const ORIGIN = 'ledger.example.com/test';

export function ed25519Signer(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { scheme: 'ed25519', publicKey, sign: (message) => Promise.resolve(sign(null, message, privateKey)) };
}

export function p256Signer(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    scheme: 'ecdsa-p256-sha256',
    publicKey,
    sign: (message) => Promise.resolve(sign('sha256', message, privateKey)),
  };
}

export function record(place: number, detail: LedgerRecord['detail'] = { place }): LedgerRecord {
  return {
    kind: 'run',
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, place)).toISOString(),
    by: 'arn:aws:iam::111122223333:user/mori',
    subjects: [`arn:aws:ec2:eu-west-1:111122223333:security-group/sg-${place}`],
    title: `apply revoke-open-ingress, number ${place}`,
    detail,
  };
}

/** A ledger in memory: its files by path, and what it was at every batch. */
export class MemoryLedger {
  readonly files = new Map<string, Buffer>();
  readonly signer: Signer;
  readonly heads: Buffer[] = [];
  size = 0;
  root: Uint8Array = emptyRoot();

  constructor(signer: Signer = ed25519Signer()) {
    this.signer = signer;
  }

  get key() {
    return verifierKey(ORIGIN, this.signer.publicKey);
  }

  read(path: string) {
    const bytes = this.files.get(path);
    // A copy: verification uses up what it reads.
    return Promise.resolve(bytes === undefined ? undefined : Buffer.from(bytes));
  }

  /** @param outside which records are kept in files of their own. */
  async append(records: readonly LedgerRecord[], outside: (place: number) => boolean = () => false): Promise<void> {
    const entries: Buffer[] = [];
    for (const [place, each] of records.entries()) {
      const isOutside = outside(place);
      const envelope = await signEnvelope(PAYLOAD_TYPE, statementOf(each, !isOutside), this.signer);
      entries.push(Buffer.from(formatEnvelope(envelope)));
      if (!isOutside) continue;
      const bytes = canonicalRecord(each);
      this.files.set(recordPath(digestOf(bytes)), bytes);
    }
    const { files, size, root } = await appendEntries(this, this.size, entries);
    for (const { path, bytes } of files) this.files.set(path, Buffer.from(bytes));
    [this.size, this.root] = [size, root];
    const head = Buffer.from(await signCheckpoint({ origin: ORIGIN, size, root }, [this.signer]));
    this.heads.push(head);
    this.files.set('checkpoint', head);
  }

  /** A copy that can be damaged. */
  copy(): Map<string, Buffer> {
    return new Map([...this.files].map(([path, bytes]) => [path, Buffer.from(bytes)]));
  }
}
