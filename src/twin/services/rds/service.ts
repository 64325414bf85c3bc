import { implement } from '../../implement.js';
import { dbClusterSnapshots } from './db-cluster-snapshots.js';
import { dbSnapshots } from './db-snapshots.js';

/** RDS on the twin: snapshots and who may restore them. */
export const service = implement('rds', dbClusterSnapshots, dbSnapshots);
