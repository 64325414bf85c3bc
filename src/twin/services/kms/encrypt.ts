import type { DryRunModifierType, EncryptionAlgorithmSpec } from '@aws-sdk/client-kms';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { checkLength, contextFacts, decryptWith, encryptWith, keyOfCiphertext } from './ciphertext.js';
import { find, keyFor, type KeyResource } from './key.js';
import { proceed, usableFor, used } from './usable.js';

const SYMMETRIC = 'SYMMETRIC_DEFAULT';

/** Encryption with symmetric and RSA keys. */
export const encryption = handlers('kms', {
  Encrypt(input, context) {
    const { EncryptionAlgorithm = SYMMETRIC, EncryptionContext: encryptionContext, Plaintext: plaintext } = input;
    const facts = { 'kms:EncryptionAlgorithm': EncryptionAlgorithm, ...contextFacts(encryptionContext) };
    const found = keyFor(context, input.KeyId, { facts });
    const spec = usableFor(context, found, 'ENCRYPT_DECRYPT', EncryptionAlgorithm);
    checkLength(spec, EncryptionAlgorithm, plaintext);
    proceed(context, input);
    const { blob } = encryptWith(context, found, spec, EncryptionAlgorithm, { plaintext, encryptionContext });
    used(context, found);
    return { CiphertextBlob: blob, KeyId: found.arn, EncryptionAlgorithm };
  },
  Decrypt(input, context) {
    const opened = decrypt(context, input);
    proceed(context, input);
    const { found, algorithm, materialId } = opened;
    used(context, found);
    return {
      KeyId: found.arn,
      Plaintext: requireOpened(opened.plaintext),
      EncryptionAlgorithm: algorithm,
      ...(materialId === undefined ? {} : { KeyMaterialId: materialId }),
    };
  },
  ReEncrypt(input, context) {
    const destination = find(context, input.DestinationKeyId)?.arn;
    const source = decrypt(context, {
      CiphertextBlob: input.CiphertextBlob,
      KeyId: input.SourceKeyId,
      EncryptionContext: input.SourceEncryptionContext,
      EncryptionAlgorithm: input.SourceEncryptionAlgorithm,
      DryRun: input.DryRun,
      DryRunModifiers: input.DryRunModifiers,
      destination,
    });
    const algorithm = input.DestinationEncryptionAlgorithm ?? SYMMETRIC;
    const encryptionContext = input.DestinationEncryptionContext;
    const facts = {
      'kms:EncryptionAlgorithm': algorithm,
      'kms:ReEncryptOnSameKey': source.found.arn === destination,
      ...contextFacts(encryptionContext),
    };
    const target = keyFor(context, input.DestinationKeyId, { facts, action: 'kms:ReEncryptTo' });
    const spec = usableFor(context, target, 'ENCRYPT_DECRYPT', algorithm);
    proceed(context, input);
    const plaintext = requireOpened(source.plaintext);
    const { blob, materialId } = encryptWith(context, target, spec, algorithm, { plaintext, encryptionContext });
    used(context, source.found, target);
    return {
      CiphertextBlob: blob,
      SourceKeyId: source.found.arn,
      KeyId: target.arn,
      SourceEncryptionAlgorithm: source.algorithm,
      DestinationEncryptionAlgorithm: algorithm,
      ...(source.materialId === undefined ? {} : { SourceKeyMaterialId: source.materialId }),
      ...(materialId === undefined ? {} : { DestinationKeyMaterialId: materialId }),
    };
  },
});

interface Asked {
  readonly CiphertextBlob?: Uint8Array | undefined;
  readonly KeyId?: string | undefined;
  readonly EncryptionContext?: Record<string, string> | undefined;
  readonly EncryptionAlgorithm?: EncryptionAlgorithmSpec | undefined;
  readonly DryRun?: boolean | undefined;
  readonly DryRunModifiers?: readonly DryRunModifierType[] | undefined;
  /** ReEncrypt only: the ARN of the key that it encrypts under, if there is such a key. */
  readonly destination?: string | undefined;
}

interface Opened {
  readonly found: KeyResource;
  readonly algorithm: EncryptionAlgorithmSpec;
  /** Undefined for a dry run that is to ignore the ciphertext: permissions and the key were checked. */
  readonly plaintext: Buffer | undefined;
  readonly materialId: string | undefined;
}

function decrypt(context: Context, input: Asked): Opened {
  const { CiphertextBlob: ciphertext, KeyId, EncryptionContext: encryptionContext } = input;
  const algorithm = input.EncryptionAlgorithm ?? SYMMETRIC;
  const ignore = input.DryRun === true && input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') === true;
  const facts = { 'kms:EncryptionAlgorithm': algorithm, ...contextFacts(encryptionContext) };
  if (KeyId === undefined && (algorithm !== SYMMETRIC || ignore)) {
    throw new AwsError('ValidationException', 'KeyId is required for this request.');
  }
  if (ciphertext === undefined && !ignore) throw new AwsError('ValidationException', 'CiphertextBlob is required.');
  const id = KeyId ?? keyOfCiphertext(context, ciphertext ?? new Uint8Array());
  const { destination } = input;
  const sameKey = destination === undefined ? {} : { 'kms:ReEncryptOnSameKey': find(context, id)?.arn === destination };
  const found = keyFor(context, id, { facts: { ...facts, ...sameKey } });
  usableFor(context, found, 'ENCRYPT_DECRYPT', algorithm);
  if (ciphertext === undefined || ignore) return { found, algorithm, plaintext: undefined, materialId: undefined };
  return { found, algorithm, ...decryptWith(context, found, algorithm, { ciphertext, encryptionContext }) };
}

function requireOpened(plaintext: Buffer | undefined): Buffer {
  if (plaintext === undefined) throw new Error('a dry run got past its end');
  return plaintext;
}
