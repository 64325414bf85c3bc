import { implement } from '../../implement.js';

/** ec2 on the twin. */
export const service = implement('ec2', {});
