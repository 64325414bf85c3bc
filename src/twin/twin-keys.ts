import { MemoryKeyStore, type KeyStore } from '../keys/key-store.js';

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
  readonly store: KeyStore;
  /** From when on uses are known. */
  readonly trackedSince: Date;
  private readonly uses = new Map<string, KeyUse>();

  constructor(now: Date, store: KeyStore = new MemoryKeyStore()) {
    this.store = store;
    this.trackedSince = now;
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
