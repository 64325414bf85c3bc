import type { MacAlgorithmSpec } from '@aws-sdk/client-kms';
import { mac as macOf, verifyMac } from '../../../keys/mac.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { keyFor, type KeyResource } from './key.js';
import { materialOf } from './material.js';
import { proceed, usableFor, used } from './usable.js';

/** Message authentication codes. */
export const macs = handlers('kms', {
  GenerateMac(input, context) {
    const found = macKey(context, input.KeyId, input.MacAlgorithm);
    proceed(context, input);
    const Mac = macOf(materialOf(context, found), input.Message);
    used(context, found);
    return { KeyId: found.arn, Mac, MacAlgorithm: input.MacAlgorithm };
  },
  VerifyMac(input, context) {
    const found = macKey(context, input.KeyId, input.MacAlgorithm);
    proceed(context, input);
    if (!verifyMac(materialOf(context, found), input.Message, input.Mac)) {
      throw new AwsError('KMSInvalidMacException', '');
    }
    used(context, found);
    return { KeyId: found.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
  },
});

function macKey(context: Context, id: string, algorithm: MacAlgorithmSpec): KeyResource {
  const found = keyFor(context, id, { facts: { 'kms:MacAlgorithm': algorithm } });
  usableFor(context, found, 'GENERATE_VERIFY_MAC', algorithm);
  return found;
}
