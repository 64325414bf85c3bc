import { implement } from '../../implement.js';

/** logs on the twin. */
export const service = implement('logs', {});
