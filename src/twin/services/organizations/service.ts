import { implement } from '../../implement.js';

/** organizations on the twin. */
export const service = implement('organizations', {});
