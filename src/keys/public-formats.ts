import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/json.js';
import { encodePublic } from './encode-material.js';
import type { PublicPart } from './key-material.js';
import { familyOf, type KeySpec } from './key-spec.js';

/** A public key as PEM (RFC 7468), as OpenSSL reads it. */
export function publicPem(part: PublicPart): string {
  const lines =
    encodePublic(part)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}

/**
 * A public key as a JSON Web Key, with its thumbprint as the key id; undefined for ML-KEM, for which there is no form.
 *
 * Source: RFC 7517, RFC 8037; for ML-DSA draft-ietf-cose-dilithium, "Algorithm Key Pair".
 */
export function publicJwk(part: PublicPart): Readonly<Record<string, string>> | undefined {
  const members = part.kind === 'pair' ? part.key.export({ format: 'jwk' }) : latticeJwk(part.spec, part.bytes);
  if (members === undefined) return undefined;
  return { ...(members as Record<string, string>), kid: thumbprint(members as Record<string, string>) };
}

function latticeJwk(spec: KeySpec, bytes: Uint8Array): Record<string, string> | undefined {
  const family = familyOf(spec);
  if (family.kind !== 'mlDsa') return undefined;
  return { kty: 'AKP', alg: `ML-DSA-${family.level}`, pub: Buffer.from(bytes).toString('base64url') };
}

/** The members that identify a key, by its type. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  AKP: ['alg', 'kty', 'pub'],
};

/**
 * The SHA-256 thumbprint of a JSON Web Key, in base64url.
 *
 * Source: RFC 7638, section 3; RFC 8037, appendix A.3 for Ed25519.
 * @throws TypeError for a key type without a thumbprint.
 */
export function thumbprint(jwk: Readonly<Record<string, string>>): string {
  const names = REQUIRED[jwk['kty'] ?? ''];
  if (names === undefined) throw new TypeError(`a key of type ${jwk['kty']} has no thumbprint`);
  const identifying = Object.fromEntries(names.map((name) => [name, jwk[name]]));
  return createHash('sha256').update(canonicalJson(identifying)).digest('base64url');
}
