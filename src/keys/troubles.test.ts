import { execFileSync, spawnSync } from 'node:child_process';
import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  privateEncrypt,
  publicEncrypt,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { agree } from './agree.js';
import { curves, orderOf, scalarBytes } from './curves.js';
import { element, INTEGER, SEQUENCE } from './der.js';
import { encodePublic } from './encode-material.js';
import { generateMaterial } from './generate-material.js';
import { KeyMaterial } from './key-material.js';
import { publicPem } from './public-formats.js';
import type { Curve, Hash, KeySpec } from './key-spec.js';
import { oaepDecrypt } from './oaep.js';
import { sign, verify } from './sign.js';
import type { SigningAlgorithm } from './signing-algorithm.js';

// The classes of trouble that Project Wycheproof collects for these algorithms, as cases of our own making.

const message = Buffer.from('a message');

const ECDSA = [
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256', 'prime256v1', 'P-256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384', 'secp384r1', 'P-384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512', 'secp521r1', 'P-521'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256', 'secp256k1', 'secp256k1'],
] as const satisfies readonly (readonly [KeySpec, SigningAlgorithm, Hash, Curve, string])[];

describe.each(ECDSA)('%s: ECDSA at its edges', (spec, algorithm, hash, curve, crv) => {
  const n = orderOf(curve);
  const length = scalarBytes(curve);
  const { Point } = curves[curve];
  const { BASE, Fn } = Point;
  const digest = createHash(hash).update(message).digest();
  const e = Fn.create(BigInt(`0x${digest.toString('hex')}`));

  const bytesOf = (number: bigint) => Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
  /** The key of a scalar. */
  function keyOf(d: bigint): KeyMaterial {
    const { x, y } = BASE.multiply(d).toAffine();
    const text = (number: bigint) => bytesOf(number).toString('base64url');
    const key = { kty: 'EC', crv, d: text(d), x: text(x), y: text(y) };
    return KeyMaterial.ofPrivateKey(spec, createPrivateKey({ key, format: 'jwk' }));
  }
  function der(r: bigint, s: bigint): Buffer {
    const integer = (number: bigint) => {
      const hex = number.toString(16);
      const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
      return element(INTEGER, Buffer.alloc((bytes[0] ?? 0) >= 0x80 ? 1 : 0), bytes);
    };
    return element(SEQUENCE, integer(r), integer(s));
  }
  /** Whether both ways to verify agree that a signature is good, or that it is bad. */
  function judged(material: KeyMaterial, signature: Buffer): string {
    const { publicPart } = material;
    const whole = verify(publicPart, algorithm, 'RAW', message, signature);
    const hashed = verify(publicPart, algorithm, 'DIGEST', digest, signature);
    return whole === hashed ? String(whole) : `RAW ${whole}, DIGEST ${hashed}`;
  }

  it.each([
    ['1', 1n],
    ['2', 2n],
    ['the order less 1', n - 1n],
    ['the order less 2', n - 2n],
  ])('a private scalar of %s signs and verifies', (_name, d) => {
    const material = keyOf(d);
    expect(judged(material, Buffer.from(sign(material, algorithm, 'RAW', message)))).toBe('true');
    expect(judged(material, Buffer.from(sign(material, algorithm, 'DIGEST', digest)))).toBe('true');
  });

  it('a sum of points that is the point at infinity is a bad signature, not a crash', () => {
    const d = 12_345n;
    const r = Fn.neg(Fn.mul(e, Fn.inv(d)));
    for (const s of [1n, 7n, n - 1n]) expect(judged(keyOf(d), der(r, s))).toBe('false');
  });

  it('a sum of a point with itself is a good signature', () => {
    const k = 54_321n;
    const r = Fn.create(BASE.multiply(k).toAffine().x);
    const d = Fn.mul(e, Fn.inv(r));
    expect(judged(keyOf(d), der(r, Fn.mul(Fn.inv(k), Fn.mul(2n, e))))).toBe('true');
  });

  it('the key and the nonce of the same scalar: r is the key’s x', () => {
    const d = 98_765n;
    const r = Fn.create(BASE.multiply(d).toAffine().x);
    const s = Fn.mul(Fn.inv(d), Fn.add(e, Fn.mul(r, d)));
    expect(judged(keyOf(d), der(r, s))).toBe('true');
    expect(judged(keyOf(d + 1n), der(r, s))).toBe('false');
  });
});

const folder = mkdtempSync(join(tmpdir(), 'hikeshi-troubles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl).each(ECDSA)(
  '%s: digests at their edges, both ways with openssl (skipped without it)',
  (spec, algorithm, hash) => {
    const bytes = createHash(hash).digest().length;
    const edges = [
      ['zero', Buffer.alloc(bytes)],
      ['one', Buffer.concat([Buffer.alloc(bytes - 1), Buffer.of(1)])],
      ['all ones', Buffer.alloc(bytes, 0xff)],
      ['zeros before', Buffer.concat([Buffer.alloc(bytes - 4), Buffer.from('01020304', 'hex')])],
      ['zeros behind', Buffer.concat([Buffer.of(0x80), Buffer.alloc(bytes - 1)])],
    ] as const;
    it.each(edges)('%s', (name, digest) => {
      const material = generateMaterial(spec);
      const secret = material.reveal();
      const own = secret.kind === 'pair' ? secret.privateKey.export({ format: 'pem', type: 'pkcs8' }) : '';
      const file = (end: string, content: string | Uint8Array) => {
        const path = join(folder, `${spec}-${name.replaceAll(' ', '-')}.${end}`);
        writeFileSync(path, content);
        return path;
      };
      const input = ['-in', file('digest', digest)];
      const made = file('sig', sign(material, algorithm, 'DIGEST', digest));
      const pem = file('pub', publicPem(material.publicPart));
      const said = execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', pem, ...input, '-sigfile', made]);
      expect(said.toString()).toContain('Verified Successfully');
      const theirs = join(folder, 'theirs');
      execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', file('key', own), ...input, '-out', theirs]);
      expect(verify(material.publicPart, algorithm, 'DIGEST', digest, readFileSync(theirs))).toBe(true);
    });
  },
);

/** MGF1 of RFC 8017, B.2.1. */
function mgf1(seed: Buffer, bytes: number, hash: string): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; blocks.length * 20 < bytes; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(number).digest());
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}
const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)));

describe('RSA with padding made by hand', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const material = KeyMaterial.ofPrivateKey('RSA_2048', privateKey);
  const publicKey = (material.publicPart as { key: KeyObject }).key;
  const BYTES = 256;
  const digest = createHash('sha256').update(message).digest();
  const raw = { padding: constants.RSA_NO_PADDING };
  const signed = (encoded: Buffer) => privateEncrypt({ key: privateKey, ...raw }, encoded);

  function judged(algorithm: SigningAlgorithm, signature: Buffer): string {
    const whole = verify(material.publicPart, algorithm, 'RAW', message, signature);
    const hashed = verify(material.publicPart, algorithm, 'DIGEST', digest, signature);
    return whole === hashed ? String(whole) : `RAW ${whole}, DIGEST ${hashed}`;
  }

  const oid = Buffer.from('0609608648016503040201', 'hex');
  const NULL = Buffer.from('0500', 'hex');
  const info = (parameters: Buffer, octets = digest) =>
    element(SEQUENCE, element(SEQUENCE, oid, parameters), element(4, octets));
  const good = info(NULL);
  function block(
    content: Buffer,
    given: { type?: number; first?: number; filler?: Buffer; end?: Buffer } = {},
  ): Buffer {
    const { type = 1, first = 0, end = Buffer.alloc(0) } = given;
    const filler = given.filler ?? Buffer.alloc(BYTES - 3 - content.length - end.length, 0xff);
    return Buffer.concat([Buffer.of(first, type), filler, Buffer.of(0), content, end]);
  }
  const gap = BYTES - 3 - good.length;
  const longer = Buffer.concat([Buffer.of(0x30, 0x81, good.length - 2), good.subarray(2)]);
  const forged = Buffer.alloc(gap - 8, 0xab);

  it.each([
    ['as it must be', block(good), 'true'],
    ['block type 2', block(good, { type: 2 }), 'false'],
    ['a first byte of 1', block(good, { first: 1 }), 'false'],
    ['a filler byte that is not ff', block(good, { filler: Buffer.alloc(gap, 0xff).fill(0xfe, 9, 10) }), 'false'],
    ['a short filler and bytes behind', block(good, { filler: Buffer.alloc(8, 0xff), end: forged }), 'false'],
    ['no parameters', block(info(Buffer.alloc(0))), 'false'],
    ['other parameters', block(info(element(4, Buffer.from('x')))), 'false'],
    ['a length in a longer form', block(longer), 'false'],
    ['a bare digest', block(digest), 'false'],
    ['a digest cut', block(info(NULL, digest.subarray(0, 31))), 'false'],
    ['a digest and a byte', block(info(NULL, Buffer.concat([digest, Buffer.of(0)]))), 'false'],
    ['bytes behind', block(good, { end: Buffer.of(0) }), 'false'],
  ])('PKCS #1 v1.5 %s', (_name, encoded, expected) => {
    expect(encoded).toHaveLength(BYTES);
    const isNumber = encoded[0] === 0;
    // A number beyond the modulus cannot even be signed: it stands for itself.
    expect(judged('RSASSA_PKCS1_V1_5_SHA_256', isNumber ? signed(encoded) : encoded)).toBe(expected);
  });

  interface Pss {
    readonly salt?: number;
    readonly mask?: string;
    readonly end?: number;
    readonly marker?: number;
    readonly filler?: number;
    readonly over?: Buffer;
    readonly top?: boolean;
  }
  function pss({ salt = 32, mask = 'sha256', end = 0xbc, marker = 1, filler = 0, over = digest, top = false }: Pss) {
    const random = Buffer.alloc(salt, 7);
    const sealed = createHash('sha256').update(Buffer.alloc(8)).update(over).update(random).digest();
    const data = Buffer.alloc(BYTES - 33, 0);
    data.set(random, data.length - salt);
    data[data.length - salt - 1] = marker;
    if (filler !== 0) data[data.length - salt - 2] = filler;
    const masked = xor(data, mgf1(sealed, data.length, mask));
    masked[0] = (masked[0] ?? 0) & 0x7f;
    if (top) masked[0] = (masked[0] ?? 0) | 0x80;
    return Buffer.concat([masked, sealed, Buffer.of(end)]);
  }
  it.each<[string, Pss, string]>([
    ['as it must be', {}, 'true'],
    ['no salt', { salt: 0 }, 'false'],
    ['a salt of 20', { salt: 20 }, 'false'],
    ['a salt of 33', { salt: 33 }, 'false'],
    ['a mask by SHA-1', { mask: 'sha1' }, 'false'],
    ['a mask by SHA-512', { mask: 'sha512' }, 'false'],
    ['another last byte', { end: 0xcc }, 'false'],
    ['no marker', { marker: 0 }, 'false'],
    ['another marker', { marker: 2 }, 'false'],
    ['a filler that is not zero', { filler: 5 }, 'false'],
    ['another digest', { over: Buffer.alloc(32) }, 'false'],
  ])('PSS %s', (_name, given, expected) => {
    expect(judged('RSASSA_PSS_SHA_256', signed(pss(given)))).toBe(expected);
  });

  interface Oaep {
    readonly first?: number;
    readonly label?: string;
    readonly marker?: number;
    readonly filler?: number;
    readonly mask?: string;
    readonly empty?: boolean;
  }
  const plaintext = Buffer.from('a secret');
  function oaep({ first = 0, label = '', marker = 1, filler = 0, mask = 'sha256', empty = false }: Oaep): Buffer {
    const data = Buffer.alloc(BYTES - 33);
    data.set(createHash('sha256').update(label).digest());
    if (!empty) {
      data.set(plaintext, data.length - plaintext.length);
      data[data.length - plaintext.length - 1] = marker;
      if (filler !== 0) data[40] = filler;
    }
    const seed = Buffer.alloc(32, 9);
    const masked = xor(data, mgf1(seed, data.length, mask));
    const sealed = xor(seed, mgf1(masked, seed.length, mask));
    return Buffer.concat([Buffer.of(first), sealed, masked]);
  }
  const sealings: readonly (readonly [string, Oaep, Uint8Array | undefined])[] = [
    ['as it must be', {}, plaintext],
    ['a first byte that is not zero', { first: 1 }, undefined],
    ['a label', { label: 'x' }, undefined],
    ['another marker', { marker: 2 }, undefined],
    ['a filler that is not zero', { filler: 3 }, undefined],
    ['nothing behind the label', { empty: true }, undefined],
    ['a mask by SHA-1', { mask: 'sha1' }, undefined],
  ];
  it.each(sealings)('OAEP %s', (_name, given, expected) => {
    const encoded = oaep(given);
    // A first byte of 1 may lie beyond the modulus, which has its top bit set: here it never does.
    const ciphertext = publicEncrypt({ key: publicKey, ...raw }, encoded);
    expect(oaepDecrypt(material, 'RSAES_OAEP_SHA_256', ciphertext)).toEqual(expected);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['zero', Buffer.alloc(BYTES)],
    ['one', Buffer.concat([Buffer.alloc(BYTES - 1), Buffer.of(1)])],
    ['a byte too long', Buffer.alloc(BYTES + 1, 1)],
    ['a number beyond the modulus', Buffer.alloc(BYTES, 0xff)],
  ])('OAEP: a ciphertext of %s is none', (_name, ciphertext) => {
    expect(oaepDecrypt(material, 'RSAES_OAEP_SHA_256', ciphertext)).toBeUndefined();
  });
});

describe('Ed25519 signatures that are none', () => {
  const material = generateMaterial('ECC_NIST_EDWARDS25519');
  const digest = createHash('sha512').update(message).digest();
  it.each([
    ['ED25519_SHA_512', 'RAW', message],
    ['ED25519_PH_SHA_512', 'DIGEST', digest],
  ] as const)('%s', (algorithm, type, text) => {
    const good = Buffer.from(sign(material, algorithm, type, text));
    const identity = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]);
    const noncanonical = Buffer.concat([Buffer.alloc(31, 0xff), Buffer.of(0x7f), good.subarray(32)]);
    const turned = Buffer.from(good);
    turned[31] = (turned[31] ?? 0) ^ 0x80;
    const bad = {
      nothing: Buffer.alloc(0),
      cut: good.subarray(0, 63),
      'a byte behind': Buffer.concat([good, Buffer.of(0)]),
      zeros: Buffer.alloc(64),
      'the identity and zero': identity,
      'all ones': Buffer.alloc(64, 0xff),
      'R beyond the field': noncanonical,
      'R mirrored': turned,
      'R and S exchanged': Buffer.concat([good.subarray(32), good.subarray(0, 32)]),
    };
    expect(verify(material.publicPart, algorithm, type, text, good)).toBe(true);
    for (const [name, signature] of Object.entries(bad)) {
      expect(verify(material.publicPart, algorithm, type, text, signature), name).toBe(false);
    }
  });
});

describe.each([
  ['ECC_NIST_P256', 'prime256v1'],
  ['ECC_NIST_P384', 'secp384r1'],
  ['ECC_NIST_P521', 'secp521r1'],
] as const)('%s: ECDH with points that are none', (spec, curve) => {
  const material = generateMaterial(spec);
  const own = encodePublic(material.publicPart);
  const width = Math.ceil(curves[curve].Point.Fp.BITS / 8);
  const head = own.subarray(0, own.length - 2 * width);
  const field = curves[curve].Point.Fp.ORDER;
  const at = (x: bigint, y: bigint) => {
    const bytes = (number: bigint) => Buffer.from(number.toString(16).padStart(2 * width, '0'), 'hex');
    return Buffer.concat([head, bytes(x), bytes(y)]);
  };
  const { x, y } = curves[curve].Point.BASE.toAffine();

  it('takes the generator', () => {
    expect(agree(material, at(x, y))).toHaveLength(width);
  });
  it.each([
    ['the origin', at(0n, 0n)],
    ['x of the field’s size', at(field, y)],
    ['y of the field’s size', at(x, field)],
    ['a point of the twist', at(x, (y + 1n) % field)],
    ['a point mirrored at the wrong axis', at(field - x, y)],
  ])('refuses %s', (_name, peer) => {
    expect(agree(material, peer)).toBeUndefined();
  });
});
