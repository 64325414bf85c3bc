import { implement } from '../../implement.js';

/** securityhub on the twin. */
export const service = implement('securityhub', {});
