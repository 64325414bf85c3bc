import type { MessageType, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { sign as signWith, verify as verifyWith } from '../../../keys/sign.js';
import { isSigningAlgorithm, signingAlgorithm, type SigningAlgorithm } from '../../../keys/signing-algorithm.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { keyFor, type KeyResource } from './key.js';
import { materialOf } from './material.js';
import { proceed, usableFor, used } from './usable.js';

/** Signatures. */
export const signing = handlers('kms', {
  Sign(input, context) {
    const { found, algorithm, type } = signer(context, input);
    proceed(context, input);
    const Signature = signWith(materialOf(context, found), algorithm, type, input.Message);
    used(context, found);
    return { KeyId: found.arn, Signature, SigningAlgorithm: algorithm };
  },
  Verify(input, context) {
    const { found, algorithm, type } = signer(context, input);
    proceed(context, input);
    const part = materialOf(context, found).publicPart;
    if (!verifyWith(part, algorithm, type, input.Message, input.Signature)) {
      throw new AwsError('KMSInvalidSignatureException', '');
    }
    used(context, found);
    return { KeyId: found.arn, SignatureValid: true, SigningAlgorithm: algorithm };
  },
});

interface Asked {
  readonly KeyId: string;
  readonly Message: Uint8Array;
  readonly MessageType?: MessageType | undefined;
  readonly SigningAlgorithm: SigningAlgorithmSpec;
}

function signer(
  context: Context,
  input: Asked,
): { found: KeyResource; algorithm: SigningAlgorithm; type: MessageType } {
  const { KeyId, Message, MessageType: type = 'RAW', SigningAlgorithm: algorithm } = input;
  const facts = { 'kms:SigningAlgorithm': algorithm, 'kms:MessageType': type };
  const found = keyFor(context, KeyId, { facts });
  const spec = usableFor(context, found, 'SIGN_VERIFY', algorithm);
  if (!isSigningAlgorithm(algorithm)) {
    throw new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${spec}.`);
  }
  checkMessage(algorithm, type, Message);
  return { found, algorithm, type };
}

/** @throws AwsError ValidationException for a message too long, or not as long as the algorithm's digest. */
function checkMessage(algorithm: SigningAlgorithm, type: MessageType, { length }: Uint8Array): void {
  const wanted = signingAlgorithm(algorithm).takes[type];
  if (wanted === undefined) {
    throw new AwsError('ValidationException', `MessageType ${type} is not valid for algorithm ${algorithm}.`);
  }
  if (type === 'RAW' && length > wanted) {
    const message = `1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to ${wanted}`;
    throw new AwsError('ValidationException', message);
  }
  if (type !== 'RAW' && length !== wanted) {
    throw new AwsError('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
  }
}
