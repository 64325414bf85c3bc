import { implement } from '../../implement.js';

/** config on the twin. */
export const service = implement('config', {});
