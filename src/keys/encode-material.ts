import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { orderOf } from './curves.js';
import { BIT_STRING, element, elements, INTEGER, OCTET_STRING, SEQUENCE, TAGGED_0 } from './der.js';
import { scalarOf } from './ecdsa-digest.js';
import { KeyMaterial, type PublicPart } from './key-material.js';
import { familyOf, type KeyFamily, type KeySpec } from './key-spec.js';
import { lattice } from './lattice.js';

/**
 * Material as bytes: the bare secret of symmetric and HMAC keys, PKCS#8 of pairs (of ML-DSA and ML-KEM the seed form of
 * RFC 9881 and RFC 9935). The caller encrypts it before it goes anywhere.
 */
export function encodeMaterial(material: KeyMaterial): Buffer {
  const secret = material.reveal();
  switch (secret.kind) {
    case 'secret':
      return secret.key.export();
    case 'pair':
      return secret.privateKey.export({ format: 'der', type: 'pkcs8' });
    case 'lattice': {
      const algorithm = element(SEQUENCE, lattice(familyOf(material.spec)).identifier);
      const key = element(OCTET_STRING, element(TAGGED_0, secret.seed));
      return element(SEQUENCE, element(INTEGER, Buffer.from([0])), algorithm, key);
    }
  }
}

/**
 * Reads material of a spec, from our own store or from a customer who imports it.
 *
 * @returns undefined when the bytes are not material of that spec.
 */
export function decodeMaterial(spec: KeySpec, bytes: Uint8Array): KeyMaterial | undefined {
  const family = familyOf(spec);
  switch (family.kind) {
    case 'symmetric':
      return bytes.length === family.bytes ? KeyMaterial.ofBytes(spec, bytes) : undefined;
    case 'hmac':
      return bytes.length >= family.bytes && bytes.length <= family.importMaxBytes
        ? KeyMaterial.ofBytes(spec, bytes)
        : undefined;
    case 'mlDsa':
    case 'mlKem': {
      const seed = seedOf(family, bytes);
      return seed === undefined ? undefined : KeyMaterial.ofSeed(spec, seed);
    }
    case 'rsa':
    case 'ec':
    case 'edwards': {
      const key = privateKey(bytes);
      if (key === undefined || !belongs(family, key) || !isSound(family, key)) return undefined;
      return KeyMaterial.ofPrivateKey(spec, key);
    }
  }
}

/** The public part as DER SubjectPublicKeyInfo. */
export function encodePublic(part: PublicPart): Buffer {
  if (part.kind === 'pair') return part.key.export({ format: 'der', type: 'spki' });
  const algorithm = element(SEQUENCE, lattice(familyOf(part.spec)).identifier);
  return element(SEQUENCE, algorithm, element(BIT_STRING, Buffer.from([0]), part.bytes));
}

function privateKey(bytes: Uint8Array): KeyObject | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
  } catch {
    // OpenSSL's many ways to say that this is not a key; the answer is the same for all.
    return undefined;
  }
}

/** Whether a key object is of a family. */
export function belongs(family: KeyFamily, key: KeyObject): boolean {
  const details = key.asymmetricKeyDetails ?? {};
  if (family.kind === 'rsa') return key.asymmetricKeyType === 'rsa' && details.modulusLength === family.bits;
  if (family.kind === 'ec') return key.asymmetricKeyType === 'ec' && details.namedCurve === family.curve;
  return family.kind === 'edwards' && key.asymmetricKeyType === 'ed25519';
}

/**
 * Whether a private key is one in truth. OpenSSL takes scalars beyond the order, and public halves that belong to
 * another key; both make signatures that nobody can verify, and the former can bring the process down.
 */
function isSound(family: KeyFamily, key: KeyObject): boolean {
  if (family.kind === 'ec') {
    const scalar = BigInt(`0x0${scalarOf(key).toString('hex')}`);
    if (scalar === 0n || scalar >= orderOf(family.curve)) return false;
  }
  const hash = family.kind === 'edwards' ? null : 'sha256';
  const probe = Buffer.from('hikeshi');
  try {
    return verify(hash, probe, createPublicKey(key), sign(hash, probe, key));
  } catch {
    // RSA numbers that do not fit together.
    return false;
  }
}

/** The seed in PKCS#8: alone, or beside the expanded key. The expanded key alone cannot be checked and is refused. */
function seedOf(family: KeyFamily, bytes: Uint8Array): Buffer | undefined {
  const { identifier, seedBytes } = lattice(family);
  const [outer, ...extra] = elements(bytes) ?? [];
  const [version, algorithm, key] =
    outer?.tag === SEQUENCE && extra.length === 0 ? (elements(outer.content) ?? []) : [];
  if (version?.tag !== INTEGER || algorithm?.content.equals(identifier) !== true || key?.tag !== OCTET_STRING) {
    return undefined;
  }
  const [choice] = elements(key.content) ?? [];
  const [seed] = choice?.tag === SEQUENCE ? (elements(choice.content) ?? []) : [choice];
  const tagged = seed?.tag === TAGGED_0 || (choice?.tag === SEQUENCE && seed?.tag === OCTET_STRING);
  return tagged && seed?.content.length === seedBytes ? Buffer.from(seed.content) : undefined;
}
