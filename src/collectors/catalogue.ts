import { cloudtrail } from './cloudtrail.js';
import { cloudwatch } from './cloudwatch.js';
import type { AnyCollector } from './collector.js';
import { config } from './config.js';
import { ec2 } from './ec2.js';
import { iam } from './iam.js';
import { kms } from './kms.js';
import { logs } from './logs.js';
import { messaging } from './messaging.js';
import { organizations } from './organizations.js';
import { s3 } from './s3.js';
import { securityhub } from './securityhub.js';
import { ssm } from './ssm.js';

/** Every collector. A type is produced by exactly one. */
export const collectors: readonly AnyCollector[] = [
  ...organizations,
  ...iam,
  ...s3,
  ...ec2,
  ...kms,
  ...cloudtrail,
  ...config,
  ...cloudwatch,
  ...logs,
  ...messaging,
  ...ssm,
  ...securityhub,
];
