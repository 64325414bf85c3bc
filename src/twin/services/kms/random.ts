import { randomBytes } from 'node:crypto';
import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { proceed } from './usable.js';

const RANDOM_MAX_BYTES = 1024;

/** Random bytes. They come from the operating system, never from a rehearsal's seed. */
export const random = handlers('kms', {
  GenerateRandom(input, context) {
    context.authorize();
    proceed(context, { Recipient: input.Recipient });
    if (input.CustomKeyStoreId !== undefined) {
      const message = `The custom key store ${input.CustomKeyStoreId} does not exist.`;
      throw new AwsError('CustomKeyStoreNotFoundException', message);
    }
    const { NumberOfBytes } = input;
    if (NumberOfBytes === undefined || NumberOfBytes < 1 || NumberOfBytes > RANDOM_MAX_BYTES) {
      throw new AwsError('ValidationException', `NumberOfBytes must be between 1 and ${RANDOM_MAX_BYTES}.`);
    }
    return { Plaintext: randomBytes(NumberOfBytes) };
  },
});
