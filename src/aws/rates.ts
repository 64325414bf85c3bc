import type { ServiceName } from '../reference/services.js';

/** Requests per second and burst for one account, region and service. */
export interface Rate {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * Half or less of what AWS allows by default to reads of an account and region, so that the account's own software is
 * never starved by a scan. Sources: the "Request throttling" and "Service quotas" pages of each service; where AWS
 * publishes none, a cautious guess that adaptive retry corrects.
 */
export const rates: Readonly<Record<ServiceName, Rate>> = {
  accessanalyzer: { ratePerSecond: 2, burst: 6 },
  cloudtrail: { ratePerSecond: 5, burst: 10 },
  cloudwatch: { ratePerSecond: 5, burst: 10 },
  config: { ratePerSecond: 5, burst: 10 },
  dynamodb: { ratePerSecond: 5, burst: 10 },
  ec2: { ratePerSecond: 10, burst: 50 },
  ecr: { ratePerSecond: 5, burst: 10 },
  efs: { ratePerSecond: 5, burst: 10 },
  events: { ratePerSecond: 10, burst: 20 },
  iam: { ratePerSecond: 10, burst: 30 },
  kms: { ratePerSecond: 20, burst: 40 },
  lambda: { ratePerSecond: 10, burst: 20 },
  logs: { ratePerSecond: 5, burst: 10 },
  organizations: { ratePerSecond: 2, burst: 8 },
  rds: { ratePerSecond: 5, burst: 10 },
  s3: { ratePerSecond: 50, burst: 100 },
  s3control: { ratePerSecond: 10, burst: 20 },
  secretsmanager: { ratePerSecond: 10, burst: 20 },
  securityhub: { ratePerSecond: 2, burst: 6 },
  sns: { ratePerSecond: 10, burst: 20 },
  sqs: { ratePerSecond: 10, burst: 20 },
  ssm: { ratePerSecond: 5, burst: 10 },
  sts: { ratePerSecond: 20, burst: 40 },
};
