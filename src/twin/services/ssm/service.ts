import { implement } from '../../implement.js';

/** ssm on the twin. */
export const service = implement('ssm', {});
