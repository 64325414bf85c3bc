import { implement } from '../../implement.js';

/** sns on the twin. */
export const service = implement('sns', {});
