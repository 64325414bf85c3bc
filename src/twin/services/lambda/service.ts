import { implement } from '../../implement.js';

/** lambda on the twin. */
export const service = implement('lambda', {});
