import { randomBytes } from 'node:crypto';
import type { DataKeyPairSpec, DataKeySpec } from '@aws-sdk/client-kms';
import { encodeMaterial, encodePublic } from '../../../keys/encode-material.js';
import { generateMaterial } from '../../../keys/generate-material.js';
import { isKeySpec, keySpecs } from '../../../keys/key-spec.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { contextFacts, sealUnder } from './ciphertext.js';
import { keyFor, type KeyResource } from './key.js';
import type { Facts } from './key-facts.js';
import { proceed, usableFor, used } from './usable.js';

const DATA_KEY_MAX_BYTES = 1024;
const SIZES: { readonly [Spec in DataKeySpec]: number } = { AES_128: 16, AES_256: 32 };

/** Keys that KMS makes for use outside it, in the clear and under a KMS key. */
export const dataKeys = handlers('kms', {
  GenerateDataKey(input, context) {
    const { Plaintext, ...rest } = dataKey(context, input);
    return { ...rest, Plaintext };
  },
  GenerateDataKeyWithoutPlaintext(input, context) {
    const { Plaintext: _plaintext, ...rest } = dataKey(context, input);
    return rest;
  },
  GenerateDataKeyPair(input, context) {
    const { PrivateKeyPlaintext, ...rest } = dataKeyPair(context, input);
    return { ...rest, PrivateKeyPlaintext };
  },
  GenerateDataKeyPairWithoutPlaintext(input, context) {
    const { PrivateKeyPlaintext: _plaintext, ...rest } = dataKeyPair(context, input);
    return rest;
  },
});

interface Asked {
  readonly KeyId: string;
  readonly EncryptionContext?: Record<string, string> | undefined;
  readonly DryRun?: boolean | undefined;
  readonly Recipient?: object | undefined;
  readonly GrantTokens?: readonly string[] | undefined;
}

function dataKey(
  context: Context,
  input: Asked & { NumberOfBytes?: number | undefined; KeySpec?: DataKeySpec | undefined },
) {
  const found = wrappingKey(context, input, {});
  const length = lengthOf(input);
  proceed(context, input);
  const Plaintext = randomBytes(length);
  const { blob, materialId } = sealUnder(context, found, input.EncryptionContext, Plaintext);
  used(context, found);
  return { KeyId: found.arn, Plaintext, CiphertextBlob: blob, KeyMaterialId: materialId };
}

function lengthOf({
  NumberOfBytes,
  KeySpec,
}: {
  NumberOfBytes?: number | undefined;
  KeySpec?: DataKeySpec | undefined;
}): number {
  const length = NumberOfBytes ?? SIZES[KeySpec ?? 'AES_256'] ?? 0;
  if ((NumberOfBytes === undefined) === (KeySpec === undefined) || length === 0) {
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  if (length <= DATA_KEY_MAX_BYTES) return length;
  const message = `1 validation error detected: Value '${length}' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to ${DATA_KEY_MAX_BYTES}`;
  throw new AwsError('ValidationException', message);
}

function dataKeyPair(context: Context, input: Asked & { KeyPairSpec: DataKeyPairSpec }) {
  const { KeyPairSpec } = input;
  const found = wrappingKey(context, input, { 'kms:DataKeyPairSpec': KeyPairSpec });
  if (!isKeySpec(KeyPairSpec) || !keySpecs[KeyPairSpec].dataKeyPair) {
    throw new AwsError('UnsupportedOperationException', `KeyPairSpec ${KeyPairSpec} is not supported in this Region.`);
  }
  proceed(context, input);
  const pair = generateMaterial(KeyPairSpec);
  const PrivateKeyPlaintext = encodeMaterial(pair);
  const { blob, materialId } = sealUnder(context, found, input.EncryptionContext, PrivateKeyPlaintext);
  used(context, found);
  return {
    KeyId: found.arn,
    KeyPairSpec,
    PublicKey: encodePublic(pair.publicPart),
    PrivateKeyPlaintext,
    PrivateKeyCiphertextBlob: blob,
    KeyMaterialId: materialId,
  };
}

function wrappingKey(context: Context, { KeyId, EncryptionContext }: Asked, facts: Facts): KeyResource {
  const found = keyFor(context, KeyId, { facts: { ...facts, ...contextFacts(EncryptionContext) } });
  usableFor(context, found, 'ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT');
  return found;
}
