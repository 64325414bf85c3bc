import { implement } from '../../implement.js';

/** iam on the twin. */
export const service = implement('iam', {});
