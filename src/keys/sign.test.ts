import {
  constants,
  createECDH,
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign as nodeSign,
  verify as nodeVerify,
  type KeyObject,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { agree } from './agree.js';
import { curves, orderOf } from './curves.js';
import { element, elements, INTEGER, SEQUENCE } from './der.js';
import { encodePublic } from './encode-material.js';
import { generateMaterial } from './generate-material.js';
import { KeyMaterial } from './key-material.js';
import type { Curve, Hash, KeySpec } from './key-spec.js';
import { sign, verify } from './sign.js';
import type { MessageType, SigningAlgorithm } from './signing-algorithm.js';

const message = Buffer.from('a message');
const ECDSA = [
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256', 'prime256v1'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384', 'secp384r1'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512', 'secp521r1'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256', 'secp256k1'],
] as const satisfies readonly (readonly [KeySpec, SigningAlgorithm, Hash, Curve])[];

/** The message as each type takes it. */
const given = (hash: Hash) =>
  [
    ['RAW', message],
    ['DIGEST', createHash(hash).update(message).digest()],
  ] as const satisfies readonly (readonly [MessageType, Buffer])[];

/** A DER integer, made longer than it must be when asked. */
function integer(number: bigint, padding = 0): Buffer {
  let hex = number.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const bytes = Buffer.from(hex, 'hex');
  const sign = (bytes[0] ?? 0) >= 0x80 ? 1 : 0;
  return element(INTEGER, Buffer.alloc(sign + padding), bytes);
}

function numbers(signature: Uint8Array): [bigint, bigint] {
  const [r, s] = elements(elements(signature)?.[0]?.content ?? Buffer.alloc(0)) ?? [];
  const number = (bytes?: Buffer) => BigInt(`0x${bytes?.toString('hex') ?? '0'}`);
  return [number(r?.content), number(s?.content)];
}

describe.each(ECDSA)('%s: ECDSA', (spec, algorithm, hash, curve) => {
  const material = generateMaterial(spec);
  const part = material.publicPart;
  const signature = sign(material, algorithm, 'RAW', message);
  const [r, s] = numbers(signature);
  const n = orderOf(curve);
  const of = (...parts: Buffer[]) => element(SEQUENCE, ...parts);

  it.each(given(hash))('%s: takes a high S as well as a low one', (type, bytes) => {
    for (const each of [s, n - s]) {
      expect(verify(part, algorithm, type, bytes, of(integer(r), integer(each)))).toBe(true);
    }
  });

  const zero = integer(0n);
  const long = (bytes: Uint8Array) => {
    const content = elements(bytes)?.[0]?.content ?? Buffer.alloc(0);
    return Buffer.concat([Buffer.from([SEQUENCE, 0x82, content.length >> 8, content.length & 255]), content]);
  };
  const malformed: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', Buffer.alloc(0)],
    ['r and s of zero', of(zero, zero)],
    ['r of zero', of(zero, integer(s))],
    ['s of zero', of(integer(r), zero)],
    ['r of one, s of one', of(integer(1n), integer(1n))],
    ['s beyond the order', of(integer(r), integer(s + n))],
    ['r beyond the order', of(integer(r + n), integer(s))],
    ['s of the order', of(integer(r), integer(n))],
    ['r with a needless zero', of(integer(r, 1), integer(s))],
    ['s with a needless zero', of(integer(r), integer(s, 1))],
    ['negative s', of(integer(r), element(INTEGER, Buffer.from('ff', 'hex')))],
    ['a third number', of(integer(r), integer(s), integer(1n))],
    ['only one number', of(integer(r))],
    ['no integers', of(element(4, Buffer.from('x')), integer(s))],
    ['a set', element(0x31, integer(r), integer(s))],
    ['a length in a longer form', long(signature)],
    ['an indefinite length', Buffer.concat([Buffer.of(SEQUENCE, 0x80), integer(r), integer(s), Buffer.alloc(2)])],
    ['bytes behind it', Buffer.concat([signature, Buffer.of(0)])],
    ['its last byte cut', signature.subarray(0, -1)],
    ['bare r and s', Buffer.concat([integer(r).subarray(2), integer(s).subarray(2)])],
    ['swapped', of(integer(s), integer(r))],
  ];

  it.each(malformed)('refuses %s', (_what, bytes) => {
    for (const [type, text] of given(hash)) expect(verify(part, algorithm, type, text, bytes)).toBe(false);
  });

  it('signs a digest that node verifies as a message', () => {
    const [, [, digest]] = given(hash);
    const { key } = part as { key: KeyObject };
    for (let time = 0; time < 5; time++) {
      expect(nodeVerify(hash, message, key, sign(material, algorithm, 'DIGEST', digest))).toBe(true);
    }
  });

  it('knows the order of its curve', () => {
    // n times the generator is the point at infinity, and (n - 1) times it is its mirror image.
    const { BASE } = curves[curve].Point;
    expect(BASE.multiply(n - 1n).equals(BASE.negate())).toBe(true);
  });
});

describe.each([2048, 3072, 4096] as const)('RSA_%i', (bits) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const material = KeyMaterial.ofPrivateKey(`RSA_${bits}`, privateKey);
  const part = material.publicPart;
  const { key } = part as { key: KeyObject };

  it.each(['256', '384', '512'] as const)('SHA-%s: a digest is signed as its message would be', (size) => {
    const hash = `sha${size}` as const;
    const [, [, digest]] = given(hash);
    const pkcs1 = `RSASSA_PKCS1_V1_5_SHA_${size}` as const;
    const own = sign(material, pkcs1, 'DIGEST', digest);
    expect(Buffer.from(own)).toEqual(nodeSign(hash, message, privateKey));
    const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    for (let time = 0; time < 10; time++) {
      expect(nodeVerify(hash, message, pss, sign(material, `RSASSA_PSS_SHA_${size}`, 'DIGEST', digest))).toBe(true);
    }
  });

  it.each([0, 20, 31, 33, 64, constants.RSA_PSS_SALTLEN_MAX_SIGN])('PSS refuses a salt of %i bytes', (saltLength) => {
    const padded = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
    const signature = nodeSign('sha256', message, padded);
    for (const [type, bytes] of given('sha256'))
      expect(verify(part, 'RSASSA_PSS_SHA_256', type, bytes, signature)).toBe(false);
  });

  it('refuses a PSS signature without the zero it begins with, which OpenSSL takes', () => {
    let signature = Buffer.from([1]);
    while (signature[0] !== 0) signature = Buffer.from(sign(material, 'RSASSA_PSS_SHA_256', 'RAW', message));
    for (const [type, bytes] of given('sha256')) {
      expect(verify(part, 'RSASSA_PSS_SHA_256', type, bytes, signature)).toBe(true);
      expect(verify(part, 'RSASSA_PSS_SHA_256', type, bytes, signature.subarray(1))).toBe(false);
    }
  });

  it('refuses the other padding, the other hash, the wrong length and numbers beyond the modulus', () => {
    const good = nodeSign('sha256', message, privateKey);
    const pss = nodeSign('sha256', message, {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    });
    const wrong: readonly (readonly [SigningAlgorithm, Uint8Array])[] = [
      ['RSASSA_PSS_SHA_256', good],
      ['RSASSA_PKCS1_V1_5_SHA_256', pss],
      ['RSASSA_PKCS1_V1_5_SHA_256', nodeSign('sha384', message, privateKey)],
      ['RSASSA_PKCS1_V1_5_SHA_256', nodeSign('sha1', message, privateKey)],
      ['RSASSA_PKCS1_V1_5_SHA_256', Buffer.concat([Buffer.alloc(1), good])],
      ['RSASSA_PKCS1_V1_5_SHA_256', Buffer.alloc(0)],
      ['RSASSA_PSS_SHA_256', Buffer.concat([Buffer.alloc(1), pss])],
      ['RSASSA_PSS_SHA_256', Buffer.alloc(bits / 8, 0xff)],
      ['RSASSA_PKCS1_V1_5_SHA_256', Buffer.alloc(bits / 8, 0xff)],
      ['RSASSA_PSS_SHA_256', Buffer.alloc(bits / 8)],
      ['RSASSA_PKCS1_V1_5_SHA_256', Buffer.alloc(bits / 8)],
    ];
    for (const [algorithm, signature] of wrong) {
      for (const [type, bytes] of given('sha256')) {
        expect(verify(part, algorithm, type, bytes, signature), algorithm).toBe(false);
      }
    }
  });
});

describe('Ed25519', () => {
  const material = generateMaterial('ECC_NIST_EDWARDS25519');
  const digest = createHash('sha512').update(message).digest();

  it('and Ed25519ph are two algorithms', () => {
    const plain = sign(material, 'ED25519_SHA_512', 'RAW', digest);
    const hashed = sign(material, 'ED25519_PH_SHA_512', 'DIGEST', digest);
    const part = material.publicPart;
    expect(verify(part, 'ED25519_PH_SHA_512', 'DIGEST', digest, hashed)).toBe(true);
    expect(verify(part, 'ED25519_PH_SHA_512', 'DIGEST', digest, plain)).toBe(false);
    expect(verify(part, 'ED25519_SHA_512', 'RAW', digest, hashed)).toBe(false);
  });

  it('refuses an S beyond the order: signatures are not malleable', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const beyond = (signature: Uint8Array) => {
      const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
      const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
      return Buffer.concat([signature.subarray(0, 32), bytes]);
    };
    const part = material.publicPart;
    const plain = beyond(sign(material, 'ED25519_SHA_512', 'RAW', message));
    expect(verify(part, 'ED25519_SHA_512', 'RAW', message, plain)).toBe(false);
    const hashed = beyond(sign(material, 'ED25519_PH_SHA_512', 'DIGEST', digest));
    expect(verify(part, 'ED25519_PH_SHA_512', 'DIGEST', digest, hashed)).toBe(false);
  });
});

describe('ECDH', () => {
  const material = generateMaterial('ECC_NIST_P256');
  const own = encodePublic(material.publicPart);

  it('refuses other curves, points off the curve, cut keys, and curves given by their parameters', () => {
    const off = Buffer.from(own);
    off[off.length - 1] = (off[off.length - 1] ?? 0) ^ 1;
    const explicit = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' });
    const wrong = [
      encodePublic(generateMaterial('ECC_NIST_P384').publicPart),
      encodePublic(generateMaterial('ECC_SECG_P256K1').publicPart),
      encodePublic(generateMaterial('RSA_2048').publicPart),
      explicit.publicKey.export({ format: 'der', type: 'spki' }),
      off,
      own.subarray(0, -1),
      Buffer.concat([own, Buffer.of(0)]),
      randomBytes(91),
      Buffer.alloc(0),
    ];
    for (const [index, peer] of wrong.entries()) expect(agree(material, peer), `case ${index}`).toBeUndefined();
  });

  it('gives the x coordinate with its leading zeros', () => {
    for (let time = 0; time < 300; time++) {
      const ecdh = createECDH('prime256v1');
      const point = ecdh.generateKeys();
      const spki = Buffer.concat([own.subarray(0, -65), point]);
      const { key } = material.publicPart as { key: KeyObject };
      const theirs = ecdh.computeSecret(key.export({ format: 'der', type: 'spki' }).subarray(-65));
      expect(agree(material, spki)).toEqual(theirs);
    }
  });
});
