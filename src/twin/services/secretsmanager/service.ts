import { implement } from '../../implement.js';
import { policies } from './policies.js';
import { secrets } from './secrets.js';
import { secretValues } from './secret-values.js';

/** Secrets Manager on the twin. */
export const service = implement('secretsmanager', policies, secrets, secretValues);
