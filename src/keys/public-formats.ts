import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/json.js';
import { encodePublic } from './encode-material.js';
import type { PublicPart } from './key-material.js';

/** A public key as PEM (RFC 7468), as OpenSSL reads it. */
export function publicPem(part: PublicPart): string {
  const lines =
    encodePublic(part)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}

/** A public key as a JSON Web Key, with its thumbprint as the key id; undefined for ML-DSA and ML-KEM, which have no RFC. */
export function publicJwk(part: PublicPart): Readonly<Record<string, string>> | undefined {
  if (part.kind !== 'pair') return undefined;
  const members = part.key.export({ format: 'jwk' }) as Record<string, string>;
  return { ...members, kid: thumbprint(members) };
}

/** The members that identify a key, by its type. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
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
