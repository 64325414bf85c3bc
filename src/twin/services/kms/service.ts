import { implement } from '../../implement.js';

/** kms on the twin. */
export const service = implement('kms', {});
