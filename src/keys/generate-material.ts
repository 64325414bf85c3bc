import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { orderOf, scalarBytes } from './curves.js';
import { element, INTEGER, OCTET_STRING, SEQUENCE } from './der.js';
import { generateRsa } from './generate-rsa.js';
import { KeyMaterial } from './key-material.js';
import { familyOf, type Curve, type KeySpec } from './key-spec.js';
import { lattice } from './lattice.js';
import type { Bytes } from './seeded-bytes.js';

/** New random material. Pairs come from OpenSSL's own generators. */
export function generateMaterial(spec: KeySpec): KeyMaterial {
  const family = familyOf(spec);
  switch (family.kind) {
    case 'rsa':
      return pair(spec, generateKeyPairSync('rsa', { modulusLength: family.bits, publicExponent: 65537 }));
    case 'ec':
      return pair(spec, generateKeyPairSync('ec', { namedCurve: family.curve }));
    case 'edwards':
      return pair(spec, generateKeyPairSync('ed25519'));
    case 'symmetric':
    case 'hmac':
    case 'mlDsa':
    case 'mlKem':
      return derivedMaterial(spec, randomBytes);
  }
}

/** Material that follows from a stream of bytes: the same stream gives the same key. */
export function derivedMaterial(spec: KeySpec, bytes: Bytes): KeyMaterial {
  const family = familyOf(spec);
  switch (family.kind) {
    case 'symmetric':
    case 'hmac':
      return KeyMaterial.ofBytes(spec, bytes(family.bytes));
    case 'rsa':
      return KeyMaterial.ofPrivateKey(spec, generateRsa(family.bits, bytes));
    case 'ec':
      return KeyMaterial.ofPrivateKey(spec, privateKeyOf(EC_PUBLIC_KEY[family.curve], ecScalar(family.curve, bytes)));
    case 'edwards':
      return KeyMaterial.ofPrivateKey(spec, privateKeyOf(ED25519, element(OCTET_STRING, bytes(32))));
    case 'mlDsa':
    case 'mlKem':
      return KeyMaterial.ofSeed(spec, bytes(lattice(family).seedBytes));
  }
}

const pair = (spec: KeySpec, { privateKey }: ReturnType<typeof generateKeyPairSync>) =>
  KeyMaterial.ofPrivateKey(spec, privateKey);

/** AlgorithmIdentifiers of RFC 5480 and RFC 8410. */
const ID_EC = Buffer.from('06072a8648ce3d0201', 'hex');
const EC_PUBLIC_KEY: { readonly [Name in Curve]: Buffer } = {
  prime256v1: element(SEQUENCE, ID_EC, Buffer.from('06082a8648ce3d030107', 'hex')),
  secp384r1: element(SEQUENCE, ID_EC, Buffer.from('06052b81040022', 'hex')),
  secp521r1: element(SEQUENCE, ID_EC, Buffer.from('06052b81040023', 'hex')),
  secp256k1: element(SEQUENCE, ID_EC, Buffer.from('06052b8104000a', 'hex')),
};
const ED25519 = element(SEQUENCE, Buffer.from('06032b6570', 'hex'));

function privateKeyOf(algorithm: Buffer, key: Buffer) {
  const der = element(SEQUENCE, element(INTEGER, Buffer.from([0])), algorithm, element(OCTET_STRING, key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** RFC 5915's ECPrivateKey with a scalar in [1, n), reduced from 8 bytes more than needed (FIPS 186-5, A.2.1). */
function ecScalar(curve: Curve, bytes: Bytes): Buffer {
  const order = orderOf(curve);
  const length = scalarBytes(curve);
  const scalar = (BigInt(`0x${bytes(length + 8).toString('hex')}`) % (order - 1n)) + 1n;
  const octets = Buffer.from(scalar.toString(16).padStart(2 * length, '0'), 'hex');
  return element(SEQUENCE, element(INTEGER, Buffer.from([1])), element(OCTET_STRING, octets));
}
