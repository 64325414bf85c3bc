import { constants, verify, type KeyObject } from 'node:crypto';
import { Fields, integerOf, Malformed, oidOf, onlyItem, tags, contextTag, type Der } from './der.js';

/** The hashes that count. SHA-1 and MD5 do not. */
const hashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

export const SHA256 = '2.16.840.1.101.3.4.2.1';

/** How a signature is made. `hash` is absent where the digest algorithm beside it decides. */
interface SignatureAlgorithm {
  readonly key: 'rsa' | 'ec';
  readonly hash?: string;
  /** The bytes of salt of RSASSA-PSS. */
  readonly salt?: number;
}

/** Source: RFC 5754, section 3. Ed25519 is not among them: nothing here could check it against another implementation. */
const signatures: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.1': { key: 'rsa' },
  '1.2.840.113549.1.1.11': { key: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', hash: 'sha512' },
  '1.2.840.10045.2.1': { key: 'ec' },
  '1.2.840.10045.4.3.2': { key: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', hash: 'sha512' },
};
const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const RSA_BITS_MIN = 2048;
const SALT_MAX = 512;

/** The object identifier of an algorithm, and what it is parametrized with. */
function algorithmOf(der: Der): { oid: string; parameters: Der | undefined } {
  const fields = new Fields(der);
  const oid = oidOf(fields.take(tags.oid));
  const parameters = fields.next();
  fields.end();
  return { oid, parameters };
}

/** The name of a hash, as node:crypto spells it. @throws Malformed for one that does not count. */
export function hashOf(der: Der): string {
  const { oid } = algorithmOf(der);
  const name = hashes[oid];
  if (name === undefined) throw new Malformed(`the hash algorithm \`${oid}\` is not one of SHA-256, SHA-384, SHA-512`);
  return name;
}

/** How a signature of this algorithm is checked. @throws Malformed for an algorithm that is unknown or too weak. */
export function signatureAlgorithm(der: Der): SignatureAlgorithm {
  const { oid, parameters } = algorithmOf(der);
  const known = oid === PSS && parameters !== undefined ? pssAlgorithm(parameters) : signatures[oid];
  if (known === undefined) throw new Malformed(`the signature algorithm \`${oid}\` is unknown or too weak`);
  return known;
}

/** Whether a signature of this algorithm is known and strong enough. */
export function countsAsSignature(der: Der): boolean {
  try {
    signatureAlgorithm(der);
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

/** Source: RFC 4055, section 3.1. What is left out there means SHA-1, and is refused. */
function pssAlgorithm(parameters: Der): SignatureAlgorithm {
  const fields = new Fields(parameters);
  const hash = hashOf(onlyItem(fields.take(contextTag(0))));
  const mask = algorithmOf(onlyItem(fields.take(contextTag(1))));
  const salt = fields.optional(contextTag(2));
  if (mask.oid !== MGF1 || mask.parameters === undefined || hashOf(mask.parameters) !== hash) {
    throw new Malformed('its RSASSA-PSS parameters are not of one hash');
  }
  const bytes = salt === undefined ? 20 : Number(integerOf(onlyItem(salt)));
  if (bytes < 0 || bytes > SALT_MAX) throw new Malformed('its RSASSA-PSS salt has an impossible length');
  return { key: 'rsa', hash, salt: bytes };
}

/** Whether a key made a signature. @param digest the hash, where the signature's algorithm leaves it open. */
export function isSigned(
  algorithm: SignatureAlgorithm,
  digest: string,
  key: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.asymmetricKeyType !== algorithm.key) return false;
  if (algorithm.key === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN) return false;
  const padding =
    algorithm.salt === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.salt };
  return verify(algorithm.hash ?? digest, message, { key, ...padding }, signature);
}
