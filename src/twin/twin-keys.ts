import type { KeyStore } from '../keys/key-store.js';

/** The last successful cryptographic operation with a key. */
export interface KeyUse {
  readonly operation: string;
  readonly at: Date;
  readonly requestId: string;
}

/**
 * What a twin knows of its KMS keys beside the estate: their material, and when each was last used. Uses are not kept in
 * the estate: AWS keeps them apart too, and a signature would otherwise show as a change of the key.
 */
export class TwinKeys {
  /** From when on uses are known. */
  readonly trackedSince: Date;
  private readonly uses = new Map<string, KeyUse>();

  private kept: KeyStore | undefined;

  constructor(now: Date, store?: KeyStore) {
    this.kept = store;
    this.trackedSince = now;
  }

  /** The store; made on first use, so that a twin that is never asked for KMS does not load any cryptography. */
  store(make: () => KeyStore): KeyStore {
    this.kept ??= make();
    return this.kept;
  }

  /** Notes a use of a key, by its ARN. */
  used(arn: string, use: KeyUse): void {
    this.uses.set(arn, use);
  }

  /** The last use of a key, by its ARN. */
  lastUse(arn: string): KeyUse | undefined {
    return this.uses.get(arn);
  }
}
