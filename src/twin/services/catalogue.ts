import type { ServiceName } from '../../reference/services.js';
import type { Implementation } from '../implement.js';

/** Every service the twin speaks, loaded when first called. */
export const catalogue: { readonly [Name in ServiceName]: () => Promise<Implementation> } = {
  accessanalyzer: () => import('./accessanalyzer/service.js').then(({ service }) => service),
  cloudtrail: () => import('./cloudtrail/service.js').then(({ service }) => service),
  cloudwatch: () => import('./cloudwatch/service.js').then(({ service }) => service),
  config: () => import('./config/service.js').then(({ service }) => service),
  dynamodb: () => import('./dynamodb/service.js').then(({ service }) => service),
  ec2: () => import('./ec2/service.js').then(({ service }) => service),
  ecr: () => import('./ecr/service.js').then(({ service }) => service),
  efs: () => import('./efs/service.js').then(({ service }) => service),
  events: () => import('./events/service.js').then(({ service }) => service),
  iam: () => import('./iam/service.js').then(({ service }) => service),
  kms: () => import('./kms/service.js').then(({ service }) => service),
  lambda: () => import('./lambda/service.js').then(({ service }) => service),
  logs: () => import('./logs/service.js').then(({ service }) => service),
  organizations: () => import('./organizations/service.js').then(({ service }) => service),
  rds: () => import('./rds/service.js').then(({ service }) => service),
  s3: () => import('./s3/service.js').then(({ service }) => service),
  s3control: () => import('./s3control/service.js').then(({ service }) => service),
  secretsmanager: () => import('./secretsmanager/service.js').then(({ service }) => service),
  securityhub: () => import('./securityhub/service.js').then(({ service }) => service),
  sns: () => import('./sns/service.js').then(({ service }) => service),
  sqs: () => import('./sqs/service.js').then(({ service }) => service),
  ssm: () => import('./ssm/service.js').then(({ service }) => service),
  sts: () => import('./sts/service.js').then(({ service }) => service),
};
