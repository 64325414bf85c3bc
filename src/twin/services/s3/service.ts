import { implement } from '../../implement.js';
import { access } from './access.js';
import { buckets } from './buckets.js';
import { objects } from './objects.js';
import { settings } from './settings.js';

/** S3 on the twin. */
export const service = implement('s3', access, buckets, objects, settings);
