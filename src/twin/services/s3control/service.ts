import { implement } from '../../implement.js';

/** s3control on the twin. */
export const service = implement('s3control', {});
