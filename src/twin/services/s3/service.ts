import { implement } from '../../implement.js';

/** s3 on the twin. */
export const service = implement('s3', {});
