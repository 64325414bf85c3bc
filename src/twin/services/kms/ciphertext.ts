import type { EncryptionAlgorithmSpec } from '@aws-sdk/client-kms';
import { familyOf, type KeySpec } from '../../../keys/key-spec.js';
import { oaepDecrypt, oaepEncrypt, oaepMaxBytes, type OaepAlgorithm } from '../../../keys/oaep.js';
import { open, originOf, seal, type EncryptionContext } from '../../../keys/symmetric-cipher.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { find, type KeyResource } from './key.js';
import type { Facts } from './key-facts.js';
import { currentMaterialId, materialOf, materialsOf } from './material.js';

const PLAINTEXT_MAX_BYTES = 4096;

/** Bytes under a key, and which of its materials they are under. */
export interface Sealed {
  readonly blob: Buffer;
  /** Of symmetric keys only. */
  readonly materialId: string | undefined;
}

/** Encrypts under the current material of a symmetric key. */
export function sealUnder(
  context: Context,
  found: KeyResource,
  encryptionContext: EncryptionContext | undefined,
  plaintext: Uint8Array,
): Sealed & { readonly materialId: string } {
  const materialId = currentMaterialId(context, found);
  const origin = { accountId: found.accountId, keyId: found.configuration.KeyId ?? '', materialId };
  return { blob: seal(materialOf(context, found, materialId), origin, encryptionContext ?? {}, plaintext), materialId };
}

/**
 * Encrypts with a key that has been found fit for the algorithm.
 *
 * @throws AwsError ValidationException for a plaintext too long for the key.
 */
export function encryptWith(
  context: Context,
  found: KeyResource,
  spec: KeySpec,
  algorithm: EncryptionAlgorithmSpec,
  given: { plaintext: Uint8Array; encryptionContext: EncryptionContext | undefined },
): Sealed {
  const { plaintext, encryptionContext } = given;
  if (algorithm === 'SYMMETRIC_DEFAULT') return sealUnder(context, found, encryptionContext, plaintext);
  requireNoContext(encryptionContext);
  const part = materialOf(context, found).publicPart;
  checkLength(spec, algorithm, plaintext);
  return { blob: oaepEncrypt(part, algorithm as OaepAlgorithm, plaintext), materialId: undefined };
}

/** @throws AwsError ValidationException for a plaintext longer than the key takes. */
export function checkLength(spec: KeySpec, algorithm: EncryptionAlgorithmSpec, { length }: Uint8Array): void {
  const family = familyOf(spec);
  if (family.kind === 'rsa') {
    const most = oaepMaxBytes(family.bits, algorithm as OaepAlgorithm);
    if (length <= most) return;
    const message = `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`;
    throw new AwsError('ValidationException', message);
  }
  if (length <= PLAINTEXT_MAX_BYTES) return;
  const message = `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to ${PLAINTEXT_MAX_BYTES}`;
  throw new AwsError('ValidationException', message);
}

/**
 * Decrypts with a key that has been found fit for the algorithm.
 *
 * @throws AwsError IncorrectKeyException when a symmetric ciphertext is another key's; InvalidCiphertextException,
 * without a text, for everything else that is wrong with it.
 */
export function decryptWith(
  context: Context,
  found: KeyResource,
  algorithm: EncryptionAlgorithmSpec,
  given: { ciphertext: Uint8Array; encryptionContext: EncryptionContext | undefined },
): { plaintext: Buffer; materialId: string | undefined } {
  const { ciphertext, encryptionContext } = given;
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    requireNoContext(encryptionContext);
    const plaintext = oaepDecrypt(materialOf(context, found), algorithm as OaepAlgorithm, ciphertext);
    if (plaintext === undefined) throw new AwsError('InvalidCiphertextException', '');
    return { plaintext, materialId: undefined };
  }
  const origin = originOf(ciphertext);
  if (origin === undefined) throw new AwsError('InvalidCiphertextException', '');
  if (origin.keyId !== found.configuration.KeyId || origin.accountId !== found.accountId) {
    const message = 'The key ID in the request does not identify a CMK that can perform this operation.';
    throw new AwsError('IncorrectKeyException', message);
  }
  const { materialId } = origin;
  const known = materialsOf(context, found).some(({ KeyMaterialId }) => KeyMaterialId === materialId);
  const plaintext = known
    ? open(materialOf(context, found, materialId), encryptionContext ?? {}, ciphertext)
    : undefined;
  if (plaintext === undefined) throw new AwsError('InvalidCiphertextException', '');
  return { plaintext, materialId };
}

/**
 * The id of the key that a symmetric ciphertext names.
 *
 * @throws AwsError InvalidCiphertextException; AccessDeniedException with KMS's one text for a key that is not there and
 * one that may not be used.
 */
export function keyOfCiphertext(context: Context, ciphertext: Uint8Array): string {
  const origin = originOf(ciphertext);
  if (origin === undefined) {
    context.authorize();
    throw new AwsError('InvalidCiphertextException', '');
  }
  const arn = context.arn(`key/${origin.keyId}`, { accountId: origin.accountId });
  if (find(context, arn) !== undefined) return arn;
  context.authorize(arn, { resourceAccountId: origin.accountId });
  const message =
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.';
  throw new AwsError('AccessDeniedException', message);
}

/** The condition keys of an encryption context. */
export function contextFacts(encryptionContext: EncryptionContext | undefined): Facts {
  if (encryptionContext === undefined) return {};
  const entries = Object.entries(encryptionContext);
  return {
    'kms:EncryptionContextKeys': entries.map(([name]) => name),
    ...Object.fromEntries(entries.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
  };
}

function requireNoContext(encryptionContext: EncryptionContext | undefined): void {
  if (encryptionContext === undefined || Object.keys(encryptionContext).length === 0) return;
  throw new AwsError('ValidationException', 'EncryptionContext is not supported for asymmetric KMS keys.');
}
