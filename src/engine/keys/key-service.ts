import type { PublicPart } from '../../keys/key-material.js';
import type { KeySpec, KeyUsage } from '../../keys/key-spec.js';
import type { MessageType, SigningAlgorithm } from '../../keys/signing-algorithm.js';

/** A key as a user sees it. */
export interface ServedKey {
  readonly id: string;
  /** A key of AWS KMS has one. */
  readonly arn?: string;
  /** Without `alias/`. */
  readonly aliases: readonly string[];
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  /** KMS's key state. */
  readonly state: string;
  readonly createdAt: string;
  readonly description?: string;
  readonly deletionDate?: string;
}

export interface CreateKey {
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly alias?: string;
  readonly description?: string;
}

/** What is signed: the message itself, its hash, or the ML-DSA representative of it. */
export interface Message {
  readonly type: MessageType;
  readonly bytes: Uint8Array;
}

/**
 * Keys to sign with, wherever they are: in the embedded key store, or in AWS KMS. A key is named by its id, its ARN or an
 * alias.
 *
 * All throw Problem `unknown-key` with the nearest names, `key-state` when the key is disabled or to be deleted,
 * `key-usage` when it cannot do what is asked; a KMS key also ApiError.
 */
export interface KeyService {
  /** What it is, for the words of a message: `the embedded key store`, `AWS KMS in eu-west-1`. */
  readonly place: string;
  /** The longest message that is signed as it is, in bytes. Absent: no limit. */
  readonly rawMax?: number;
  /** @throws Problem `alias-taken`. */
  create(given: CreateKey): Promise<ServedKey>;
  list(): Promise<readonly ServedKey[]>;
  describe(name: string): Promise<ServedKey>;
  publicPart(name: string): Promise<PublicPart>;
  sign(name: string, algorithm: SigningAlgorithm, message: Message): Promise<Uint8Array>;
  /** False for a bad signature, whatever is wrong with it. */
  verify(name: string, algorithm: SigningAlgorithm, message: Message, signature: Uint8Array): Promise<boolean>;
  /**
   * Makes a new key of the same spec and moves the aliases to it. The old one stays, so that what it signed can be
   * verified; it is disabled or deleted by hand. (KMS's own rotation exists for symmetric keys only.)
   */
  rotate(name: string): Promise<{ readonly before: ServedKey; readonly now: ServedKey }>;
  setEnabled(name: string, enabled: boolean): Promise<ServedKey>;
  /** @param days 7 to 30. @throws Problem `deletion-window`. */
  scheduleDeletion(name: string, days: number): Promise<ServedKey>;
  /** The key is disabled afterwards, as in KMS. */
  cancelDeletion(name: string): Promise<ServedKey>;
  close(): void;
}
