import type { KeyObject } from 'node:crypto';

/** How a signature is made: Ed25519 over the message itself (RFC 8032), or ECDSA over its SHA-256, in DER. */
export type SignatureScheme = 'ed25519' | 'ecdsa-p256-sha256';

/**
 * The signing port: a key of the embedded key store or of AWS KMS. The private key stays where it is.
 */
export interface Signer {
  readonly scheme: SignatureScheme;
  readonly publicKey: KeyObject;
  /** The longest message it signs, in bytes; KMS takes 4096 for Ed25519. Absent: no limit. */
  readonly messageMax?: number;
  /** Signs a message by the scheme. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
