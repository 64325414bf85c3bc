import type * as accessanalyzer from '@aws-sdk/client-accessanalyzer';
import type * as cloudtrail from '@aws-sdk/client-cloudtrail';
import type * as cloudwatch from '@aws-sdk/client-cloudwatch';
import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import type * as config from '@aws-sdk/client-config-service';
import type * as dynamodb from '@aws-sdk/client-dynamodb';
import type * as ec2 from '@aws-sdk/client-ec2';
import type * as ecr from '@aws-sdk/client-ecr';
import type * as efs from '@aws-sdk/client-efs';
import type * as events from '@aws-sdk/client-eventbridge';
import type * as iam from '@aws-sdk/client-iam';
import type * as kms from '@aws-sdk/client-kms';
import type * as lambda from '@aws-sdk/client-lambda';
import type * as organizations from '@aws-sdk/client-organizations';
import type * as rds from '@aws-sdk/client-rds';
import type * as s3 from '@aws-sdk/client-s3';
import type * as s3control from '@aws-sdk/client-s3-control';
import type * as secretsmanager from '@aws-sdk/client-secrets-manager';
import type * as securityhub from '@aws-sdk/client-securityhub';
import type * as sns from '@aws-sdk/client-sns';
import type * as sqs from '@aws-sdk/client-sqs';
import type * as ssm from '@aws-sdk/client-ssm';
import type * as sts from '@aws-sdk/client-sts';

/** The AWS services Hikeshi speaks, keyed by their AWS CLI name, each with the type of its SDK client package. */
export interface ServiceModules {
  accessanalyzer: typeof accessanalyzer;
  cloudtrail: typeof cloudtrail;
  cloudwatch: typeof cloudwatch;
  config: typeof config;
  dynamodb: typeof dynamodb;
  ec2: typeof ec2;
  ecr: typeof ecr;
  efs: typeof efs;
  events: typeof events;
  iam: typeof iam;
  kms: typeof kms;
  lambda: typeof lambda;
  logs: typeof logs;
  organizations: typeof organizations;
  rds: typeof rds;
  s3: typeof s3;
  s3control: typeof s3control;
  secretsmanager: typeof secretsmanager;
  securityhub: typeof securityhub;
  sns: typeof sns;
  sqs: typeof sqs;
  ssm: typeof ssm;
  sts: typeof sts;
}

export type ServiceName = keyof ServiceModules;

/** What must be known of a service before its client package is loaded. */
export interface Service<Name extends ServiceName = ServiceName> {
  /** AWS's name of it, for people. */
  readonly title: string;
  /** The service in a SigV4 credential scope, which is how the twin finds it. */
  readonly signingName: string;
  /** The prefix of its IAM actions. */
  readonly iamPrefix: string;
  /** `global`: one endpoint and one set of resources per account. */
  readonly scope: 'global' | 'regional';
  /** Loads the SDK client package; heavy (EC2 takes 0.25 s), so only when used. */
  readonly load: () => Promise<ServiceModules[Name]>;
}

/** One row a service. `s3control` signs as `s3`; the twin tells them apart by path. */
export const services: { readonly [Name in ServiceName]: Service<Name> } = {
  accessanalyzer: {
    ...row('IAM Access Analyzer', 'access-analyzer', 'regional', () => import('@aws-sdk/client-accessanalyzer')),
    signingName: 'access-analyzer',
  },
  cloudtrail: row('CloudTrail', 'cloudtrail', 'regional', () => import('@aws-sdk/client-cloudtrail')),
  cloudwatch: {
    ...row('CloudWatch', 'cloudwatch', 'regional', () => import('@aws-sdk/client-cloudwatch')),
    signingName: 'monitoring',
  },
  config: row('Config', 'config', 'regional', () => import('@aws-sdk/client-config-service')),
  dynamodb: row('DynamoDB', 'dynamodb', 'regional', () => import('@aws-sdk/client-dynamodb')),
  ec2: row('EC2', 'ec2', 'regional', () => import('@aws-sdk/client-ec2')),
  ecr: row('ECR', 'ecr', 'regional', () => import('@aws-sdk/client-ecr')),
  efs: row('EFS', 'elasticfilesystem', 'regional', () => import('@aws-sdk/client-efs')),
  events: row('EventBridge', 'events', 'regional', () => import('@aws-sdk/client-eventbridge')),
  iam: row('IAM', 'iam', 'global', () => import('@aws-sdk/client-iam')),
  kms: row('KMS', 'kms', 'regional', () => import('@aws-sdk/client-kms')),
  lambda: row('Lambda', 'lambda', 'regional', () => import('@aws-sdk/client-lambda')),
  logs: row('CloudWatch Logs', 'logs', 'regional', () => import('@aws-sdk/client-cloudwatch-logs')),
  organizations: row('Organizations', 'organizations', 'global', () => import('@aws-sdk/client-organizations')),
  rds: row('RDS', 'rds', 'regional', () => import('@aws-sdk/client-rds')),
  s3: row('S3', 's3', 'regional', () => import('@aws-sdk/client-s3')),
  s3control: {
    ...row('S3 Control', 's3', 'regional', () => import('@aws-sdk/client-s3-control')),
    signingName: 's3',
  },
  secretsmanager: row('Secrets Manager', 'secretsmanager', 'regional', () => import('@aws-sdk/client-secrets-manager')),
  securityhub: row('Security Hub', 'securityhub', 'regional', () => import('@aws-sdk/client-securityhub')),
  sns: row('SNS', 'sns', 'regional', () => import('@aws-sdk/client-sns')),
  sqs: row('SQS', 'sqs', 'regional', () => import('@aws-sdk/client-sqs')),
  ssm: row('Systems Manager', 'ssm', 'regional', () => import('@aws-sdk/client-ssm')),
  sts: row('STS', 'sts', 'regional', () => import('@aws-sdk/client-sts')),
};

function row<M>(title: string, name: string, scope: 'global' | 'regional', load: () => Promise<M>) {
  return { title, signingName: name, iamPrefix: name, scope, load } as const;
}
