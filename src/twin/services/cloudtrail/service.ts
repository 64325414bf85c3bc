import { implement } from '../../implement.js';

/** cloudtrail on the twin. */
export const service = implement('cloudtrail', {});
