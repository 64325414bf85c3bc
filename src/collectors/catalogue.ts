import { accessanalyzer } from './accessanalyzer.js';
import { cloudtrail } from './cloudtrail.js';
import { cloudwatch } from './cloudwatch.js';
import type { AnyCollector } from './collector.js';
import { config } from './config.js';
import { dynamodb } from './dynamodb.js';
import { ec2 } from './ec2.js';
import { ecr } from './ecr.js';
import { efs } from './efs.js';
import { events } from './events.js';
import { iam } from './iam.js';
import { kms } from './kms.js';
import { lambda } from './lambda.js';
import { logs } from './logs.js';
import { organizations } from './organizations.js';
import { rds } from './rds.js';
import { s3 } from './s3.js';
import { s3control } from './s3control.js';
import { secretsmanager } from './secretsmanager.js';
import { securityhub } from './securityhub.js';
import { sns } from './sns.js';
import { sqs } from './sqs.js';
import { ssm } from './ssm.js';

/** Every collector. A type is produced by exactly one. Accounts are read in this order. */
export const collectors: readonly AnyCollector[] = [
  ...organizations,
  ...iam,
  ...s3,
  ...s3control,
  ...ec2,
  ...kms,
  ...cloudtrail,
  ...config,
  ...cloudwatch,
  ...logs,
  ...sns,
  ...sqs,
  ...events,
  ...lambda,
  ...ssm,
  ...secretsmanager,
  ...dynamodb,
  ...ecr,
  ...efs,
  ...rds,
  ...securityhub,
  ...accessanalyzer,
];
