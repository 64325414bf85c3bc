import { implement } from '../../implement.js';

/** events on the twin. */
export const service = implement('events', {});
