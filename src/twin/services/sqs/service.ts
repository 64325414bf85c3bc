import { implement } from '../../implement.js';

/** sqs on the twin. */
export const service = implement('sqs', {});
