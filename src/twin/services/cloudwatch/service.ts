import { implement } from '../../implement.js';

/** cloudwatch on the twin. */
export const service = implement('cloudwatch', {});
