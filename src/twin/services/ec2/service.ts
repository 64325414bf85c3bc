import { implement } from '../../implement.js';
import { flowLogs } from './flow-logs.js';
import { machineImages } from './images.js';
import { instances } from './instances.js';
import { networkReads } from './network-reads.js';
import { networkWrites } from './network-writes.js';
import { regionalSettings } from './regional-settings.js';
import { securityGroups } from './security-groups.js';
import { storage } from './storage.js';
import { tags } from './tags.js';
import { vpcEndpoints } from './vpc-endpoints.js';

/** EC2 on the twin. */
export const service = implement(
  'ec2',
  flowLogs,
  instances,
  machineImages,
  networkReads,
  networkWrites,
  regionalSettings,
  securityGroups,
  storage,
  tags,
  vpcEndpoints,
);
