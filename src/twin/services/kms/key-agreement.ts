import { agree } from '../../../keys/agree.js';
import { decapsulate, encapsulate } from '../../../keys/encapsulate.js';
import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { keyFor } from './key.js';
import { materialOf } from './material.js';
import { proceed, usableFor, used } from './usable.js';

/** Secrets shared with somebody else: ECDH and ML-KEM. */
export const keyAgreement = handlers('kms', {
  DeriveSharedSecret(input, context) {
    const { KeyAgreementAlgorithm } = input;
    const found = keyFor(context, input.KeyId, { facts: { 'kms:KeyAgreementAlgorithm': KeyAgreementAlgorithm } });
    usableFor(context, found, 'KEY_AGREEMENT', KeyAgreementAlgorithm);
    proceed(context, input);
    const SharedSecret = agree(materialOf(context, found), input.PublicKey);
    if (SharedSecret === undefined) {
      const message = `The public key is not a valid DER-encoded public key of key spec ${found.configuration.KeySpec}.`;
      throw new AwsError('ValidationException', message);
    }
    used(context, found);
    const { Origin: KeyOrigin = 'AWS_KMS' } = found.configuration;
    return { KeyId: found.arn, SharedSecret, KeyAgreementAlgorithm, KeyOrigin };
  },
  Encapsulate(input, context) {
    const { EncapsulationAlgorithm } = input;
    const found = keyFor(context, input.KeyId, { facts: { 'kms:EncapsulationAlgorithm': EncapsulationAlgorithm } });
    usableFor(context, found, 'ENCAPSULATE_DECAPSULATE', EncapsulationAlgorithm);
    proceed(context, input);
    const { sharedSecret, ciphertext } = encapsulate(materialOf(context, found).publicPart);
    used(context, found);
    return {
      KeyId: found.arn,
      SharedSecret: sharedSecret,
      SharedSecretCiphertextBlob: ciphertext,
      EncapsulationAlgorithm,
    };
  },
  Decapsulate(input, context) {
    const { EncapsulationAlgorithm } = input;
    const found = keyFor(context, input.KeyId, { facts: { 'kms:EncapsulationAlgorithm': EncapsulationAlgorithm } });
    usableFor(context, found, 'ENCAPSULATE_DECAPSULATE', EncapsulationAlgorithm);
    proceed(context, input);
    const SharedSecret = decapsulate(materialOf(context, found), input.SharedSecretCiphertextBlob);
    if (SharedSecret === undefined) throw new AwsError('InvalidCiphertextException', '');
    used(context, found);
    return { KeyId: found.arn, SharedSecret, EncapsulationAlgorithm };
  },
});
