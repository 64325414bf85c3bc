import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { lattice } from './lattice.js';
import { familyOf, type KeySpec } from './key-spec.js';

/** The secret itself. Only the files of this room may look at it. */
export type Secret =
  | { readonly kind: 'secret'; readonly key: KeyObject }
  | { readonly kind: 'pair'; readonly privateKey: KeyObject; readonly publicKey: KeyObject }
  /** ML-DSA and ML-KEM: the seed is what is kept, the rest follows from it. */
  | {
      readonly kind: 'lattice';
      readonly seed: Uint8Array;
      readonly secretKey: Uint8Array;
      readonly publicKey: Uint8Array;
    };

/** What anybody may know of a pair: enough to verify, to encrypt and to agree on a secret. */
export type PublicPart = { readonly spec: KeySpec } & (
  | { readonly kind: 'pair'; readonly key: KeyObject }
  | { readonly kind: 'lattice'; readonly bytes: Uint8Array }
);

const SHOWN = '[key material]';

/**
 * The material of one key. The secret is a private field: neither JSON, nor a log, nor `structuredClone`, nor a spread
 * can carry it away; what they see is the text `[key material]`.
 */
export class KeyMaterial {
  readonly spec: KeySpec;
  readonly #secret: Secret;

  private constructor(spec: KeySpec, secret: Secret) {
    this.spec = spec;
    this.#secret = secret;
  }

  /** Material of a symmetric or HMAC key. */
  static ofBytes(spec: KeySpec, bytes: Uint8Array): KeyMaterial {
    return new KeyMaterial(spec, { kind: 'secret', key: createSecretKey(bytes) });
  }

  /** Material of an RSA, elliptic curve or Edwards key. */
  static ofPrivateKey(spec: KeySpec, privateKey: KeyObject): KeyMaterial {
    return new KeyMaterial(spec, { kind: 'pair', privateKey, publicKey: createPublicKey(privateKey) });
  }

  /** Material of an ML-DSA or ML-KEM key. */
  static ofSeed(spec: KeySpec, seed: Uint8Array): KeyMaterial {
    const { secretKey, publicKey } = lattice(familyOf(spec)).keygen(seed);
    return new KeyMaterial(spec, { kind: 'lattice', seed, secretKey, publicKey });
  }

  /** The secret, for the cryptography of this room. Nothing outside `src/keys` calls it. */
  reveal(): Secret {
    return this.#secret;
  }

  /**
   * What anybody may know of it.
   *
   * @throws TypeError for symmetric and HMAC material, which has no public part.
   */
  get publicPart(): PublicPart {
    const secret = this.#secret;
    if (secret.kind === 'pair') return { spec: this.spec, kind: 'pair', key: secret.publicKey };
    if (secret.kind === 'lattice') return { spec: this.spec, kind: 'lattice', bytes: secret.publicKey };
    throw new TypeError(`${this.spec} has no public part`);
  }

  toJSON(): string {
    return SHOWN;
  }

  toString(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
