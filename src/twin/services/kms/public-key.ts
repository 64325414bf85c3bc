import { encodePublic } from '../../../keys/encode-material.js';
import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { checkGrantTokens } from './grant-token.js';
import { keyFor } from './key.js';
import { materialOf } from './material.js';

/** The public half of a pair. */
export const publicKey = handlers('kms', {
  GetPublicKey(input, context) {
    const found = keyFor(context, input.KeyId);
    checkGrantTokens(context, input.GrantTokens);
    const { configuration } = found;
    const { KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage = 'ENCRYPT_DECRYPT' } = configuration;
    if (KeySpec === 'SYMMETRIC_DEFAULT' || KeySpec.startsWith('HMAC')) {
      const message = `${found.arn} key spec is ${KeySpec} which is not valid for GetPublicKey.`;
      throw new AwsError('UnsupportedOperationException', message);
    }
    const { EncryptionAlgorithms, SigningAlgorithms, KeyAgreementAlgorithms, EncapsulationAlgorithms } = configuration;
    return {
      KeyId: found.arn,
      PublicKey: encodePublic(materialOf(context, found).publicPart),
      CustomerMasterKeySpec: KeySpec as 'RSA_2048',
      KeySpec,
      KeyUsage,
      ...(EncryptionAlgorithms === undefined ? {} : { EncryptionAlgorithms }),
      ...(SigningAlgorithms === undefined ? {} : { SigningAlgorithms }),
      ...(KeyAgreementAlgorithms === undefined ? {} : { KeyAgreementAlgorithms }),
      ...(EncapsulationAlgorithms === undefined ? {} : { EncapsulationAlgorithms }),
    };
  },
});
