/** What a key may be used for. KMS's own words. */
export type KeyUsage =
  | 'ENCRYPT_DECRYPT'
  | 'SIGN_VERIFY'
  | 'GENERATE_VERIFY_MAC'
  | 'KEY_AGREEMENT'
  | 'ENCAPSULATE_DECAPSULATE';

/** The mathematics behind a spec, with the parameters that software needs. */
export type KeyFamily =
  | { readonly kind: 'symmetric'; readonly bytes: 32 }
  | { readonly kind: 'hmac'; readonly hash: Hash; readonly bytes: number; readonly importMaxBytes: number }
  | { readonly kind: 'rsa'; readonly bits: number }
  | { readonly kind: 'ec'; readonly curve: Curve }
  | { readonly kind: 'edwards' }
  | { readonly kind: 'mlDsa'; readonly level: 44 | 65 | 87 }
  | { readonly kind: 'mlKem'; readonly level: 512 | 768 | 1024 };

/** OpenSSL's names of the curves. */
export type Curve = 'prime256v1' | 'secp384r1' | 'secp521r1' | 'secp256k1';
export type Hash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

interface Spec {
  readonly family: KeyFamily;
  /** What each usage that the spec allows can do. */
  readonly algorithms: { readonly [Usage in KeyUsage]?: readonly string[] };
  /** Whether GenerateDataKeyPair makes such pairs. */
  readonly dataKeyPair: boolean;
}

const RSA_SIGNING = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const;

function rsa(bits: number) {
  const algorithms = { ENCRYPT_DECRYPT: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'], SIGN_VERIFY: RSA_SIGNING } as const;
  return { family: { kind: 'rsa', bits }, algorithms, dataKeyPair: true } as const;
}

function nist(curve: Curve, hashBits: number) {
  const algorithms = { SIGN_VERIFY: [`ECDSA_SHA_${hashBits}`], KEY_AGREEMENT: ['ECDH'] };
  return { family: { kind: 'ec', curve }, algorithms, dataKeyPair: true } as const;
}

/** Imported HMAC keys may be as short as the hash and as long as its block: LocalStack's table, recorded from AWS. */
function hmac(bits: 224 | 256 | 384 | 512) {
  const importMaxBytes = bits > 256 ? 128 : 64;
  const family = { kind: 'hmac', hash: `sha${bits}`, bytes: bits / 8, importMaxBytes } as const;
  return { family, algorithms: { GENERATE_VERIFY_MAC: [`HMAC_SHA_${bits}`] }, dataKeyPair: false } as const;
}

function mlDsa(level: 44 | 65 | 87) {
  const algorithms = { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] } as const;
  return { family: { kind: 'mlDsa', level }, algorithms, dataKeyPair: false } as const;
}

function mlKem(level: 512 | 768 | 1024) {
  const algorithms = { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] } as const;
  return { family: { kind: 'mlKem', level }, algorithms, dataKeyPair: true } as const;
}

/**
 * Every key spec of KMS but SM2, which exists in China only.
 *
 * Source: KMS developer guide, "Key spec reference".
 */
export const keySpecs = {
  SYMMETRIC_DEFAULT: {
    family: { kind: 'symmetric', bytes: 32 },
    algorithms: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
    dataKeyPair: false,
  },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: nist('prime256v1', 256),
  ECC_NIST_P384: nist('secp384r1', 384),
  ECC_NIST_P521: nist('secp521r1', 512),
  ECC_SECG_P256K1: {
    family: { kind: 'ec', curve: 'secp256k1' },
    algorithms: { SIGN_VERIFY: ['ECDSA_SHA_256'] },
    dataKeyPair: true,
  },
  ECC_NIST_EDWARDS25519: {
    family: { kind: 'edwards' },
    algorithms: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
    dataKeyPair: true,
  },
  HMAC_224: hmac(224),
  HMAC_256: hmac(256),
  HMAC_384: hmac(384),
  HMAC_512: hmac(512),
  ML_DSA_44: mlDsa(44),
  ML_DSA_65: mlDsa(65),
  ML_DSA_87: mlDsa(87),
  ML_KEM_512: mlKem(512),
  ML_KEM_768: mlKem(768),
  ML_KEM_1024: mlKem(1024),
} as const satisfies Readonly<Record<string, Spec>>;

export type KeySpec = keyof typeof keySpecs;

/** Whether a text names a spec that keys can be made of. */
export function isKeySpec(text: string): text is KeySpec {
  return Object.hasOwn(keySpecs, text);
}

/** The mathematics of a spec. */
export function familyOf(spec: KeySpec): KeyFamily {
  return keySpecs[spec].family;
}

/** What a key of this spec and usage can do; nothing when the spec does not allow the usage. */
export function algorithmsOf(spec: KeySpec, usage: KeyUsage): readonly string[] {
  return (keySpecs[spec] as Spec).algorithms[usage] ?? [];
}

/** The usages a spec allows. */
export function usagesOf(spec: KeySpec): readonly KeyUsage[] {
  return Object.keys(keySpecs[spec].algorithms) as KeyUsage[];
}
