import type { AlgorithmSpec, WrappingKeySpec } from '@aws-sdk/client-kms';
import { encodePublic } from '../../../keys/encode-material.js';
import type { KeyMaterial } from '../../../keys/key-material.js';
import { open, seal } from '../../../keys/symmetric-cipher.js';
import type { WrappingAlgorithm } from '../../../keys/unwrap.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { keyFor, type KeyResource } from './key.js';
import { storeOf } from './material.js';

const VALID_MS = 24 * 60 * 60 * 1000;
const PURPOSE = { purpose: 'import token' };
const WRAPPING_KEYS = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const;
type WrappingKey = (typeof WRAPPING_KEYS)[number];

const ALGORITHMS: readonly string[] = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
];

/** What an import token carries, sealed. */
interface Parameters {
  readonly arn: string;
  readonly algorithm: WrappingAlgorithm;
  readonly spec: WrappingKey;
  readonly untilMs: number;
}

/** What a customer needs to wrap key material for a key. */
export const importParameters = handlers('kms', {
  GetParametersForImport(input, context) {
    const { WrappingAlgorithm, WrappingKeySpec } = input;
    const facts = { 'kms:WrappingAlgorithm': WrappingAlgorithm, 'kms:WrappingKeySpec': WrappingKeySpec };
    const found = keyFor(context, input.KeyId, { facts });
    requireExternal(found);
    const spec = wrappingSpec(WrappingKeySpec);
    const algorithm = wrappingAlgorithm(WrappingAlgorithm, spec, found);
    const untilMs = context.now.getTime() + VALID_MS;
    const parameters: Parameters = { arn: found.arn, algorithm, spec, untilMs };
    const origin = { accountId: found.accountId, keyId: found.configuration.KeyId ?? '', materialId: '00'.repeat(32) };
    return {
      KeyId: found.arn,
      ImportToken: seal(tokenKey(context), origin, PURPOSE, Buffer.from(JSON.stringify(parameters))),
      PublicKey: encodePublic(wrappingMaterial(context, parameters).publicPart),
      ParametersValidTo: new Date(untilMs),
    };
  },
});

/** @throws AwsError UnsupportedOperationException unless the key's material is the customer's. */
export function requireExternal(found: KeyResource): void {
  const { Origin } = found.configuration;
  if (Origin === 'EXTERNAL') return;
  const message = `${found.arn} origin is ${Origin} which is not valid for this operation.`;
  throw new AwsError('UnsupportedOperationException', message);
}

/**
 * The parameters in an import token.
 *
 * @throws AwsError InvalidImportTokenException when it is not a token for this key, ExpiredImportTokenException.
 */
export function parametersOf(context: Context, found: KeyResource, token: Uint8Array): Parameters {
  const opened = open(tokenKey(context), PURPOSE, token);
  const parameters = opened === undefined ? undefined : (JSON.parse(opened.toString()) as Parameters);
  if (parameters?.arn !== found.arn)
    throw new AwsError('InvalidImportTokenException', 'The import token is not valid.');
  if (parameters.untilMs > context.now.getTime()) return parameters;
  throw new AwsError('ExpiredImportTokenException', 'The import token has expired.');
}

/** The pair that wraps: one for each size, because making one is slow; the token says for which key it was given out. */
export function wrappingMaterial(context: Context, { spec }: Pick<Parameters, 'spec'>): KeyMaterial {
  return storeOf(context).obtain(`wrapping key/${spec}`, spec);
}

const tokenKey = (context: Context) => storeOf(context).obtain('import tokens', 'SYMMETRIC_DEFAULT');

function wrappingSpec(asked: WrappingKeySpec): WrappingKey {
  const spec = WRAPPING_KEYS.find((each) => each === asked);
  if (spec !== undefined) return spec;
  throw new AwsError('UnsupportedOperationException', `WrappingKeySpec ${asked} is not supported in this Region.`);
}

/** OAEP alone is too small for RSA private keys, and for the largest curve under the smallest wrapping key. */
function wrappingAlgorithm(asked: AlgorithmSpec, spec: WrappingKey, found: KeyResource): WrappingAlgorithm {
  if (!ALGORITHMS.includes(asked)) {
    throw new AwsError('UnsupportedOperationException', `WrappingAlgorithm ${asked} is not supported.`);
  }
  const algorithm = asked as WrappingAlgorithm;
  const { KeySpec = 'SYMMETRIC_DEFAULT' } = found.configuration;
  const small = spec === 'RSA_2048' && algorithm === 'RSAES_OAEP_SHA_256' && KeySpec === 'ECC_NIST_P521';
  if (algorithm.startsWith('RSAES_OAEP') && (KeySpec.startsWith('RSA_') || small)) {
    const message = `WrappingAlgorithm ${asked} with WrappingKeySpec ${spec} cannot wrap key material of key spec ${KeySpec}.`;
    throw new AwsError('ValidationException', message);
  }
  return algorithm;
}
