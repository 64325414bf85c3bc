import {
  CreateAnalyzerCommand,
  ListFindingsCommand,
  type AccessAnalyzerClient,
  type FindingSummary,
  type ListFindingsCommandInput,
} from '@aws-sdk/client-accessanalyzer';
import { GLOBAL, type Resource } from '../../../estate/estate.js';
import { twinFor, type TestTwin, type TestTwinOptions } from '../../testing.fixture.js';

export const ACCOUNT = '111122223333';
export const PARTNER = '444455556666';
export const REGION = 'eu-west-1';

/** A policy document of some statements. */
export const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** A statement that lets somebody do something on a bucket's objects. */
export const onBucket = (Principal: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal,
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::data/*',
  ...more,
});

/** The bucket `data` with a policy. */
export const bucket = (Policy: string | null, region = REGION): Resource<'AWS::S3::Bucket'> => ({
  arn: 'arn:aws:s3:::data',
  type: 'AWS::S3::Bucket',
  accountId: ACCOUNT,
  region,
  configuration: { Name: 'data', BucketRegion: region, Policy },
});

/** The role `reader` with a trust policy. */
export const role = (trust: string): Resource<'AWS::IAM::Role'> => ({
  arn: `arn:aws:iam::${ACCOUNT}:role/reader`,
  type: 'AWS::IAM::Role',
  accountId: ACCOUNT,
  region: GLOBAL,
  configuration: {
    RoleName: 'reader',
    Arn: `arn:aws:iam::${ACCOUNT}:role/reader`,
    AssumeRolePolicyDocument: encodeURIComponent(trust),
  },
});

/** The queue `jobs` with a policy. */
export const queue = (Policy: string, region = REGION): Resource<'AWS::SQS::Queue'> => ({
  arn: `arn:aws:sqs:${region}:${ACCOUNT}:jobs`,
  type: 'AWS::SQS::Queue',
  accountId: ACCOUNT,
  region,
  configuration: { QueueName: 'jobs', Attributes: { Policy } },
});

/** Lets the partner's account take the role. */
export const trust = document({ Effect: 'Allow', Principal: { AWS: PARTNER }, Action: 'sts:AssumeRole' });

/** A twin of some resources with one analyzer of the account. */
export interface Analyzed extends TestTwin {
  readonly analyzer: AccessAnalyzerClient;
  readonly analyzerArn: string;
  readonly list: (given?: Omit<ListFindingsCommandInput, 'analyzerArn'>) => Promise<FindingSummary[]>;
}

export async function analyzed(resources: readonly Resource[], options: TestTwinOptions = {}): Promise<Analyzed> {
  const made = twinFor({ accountId: ACCOUNT, region: REGION, ...options, resources });
  const analyzer = await made.client('accessanalyzer');
  const { arn: analyzerArn = '' } = await analyzer.send(
    new CreateAnalyzerCommand({ analyzerName: 'outside', type: 'ACCOUNT' }),
  );
  const list = async (given: Omit<ListFindingsCommandInput, 'analyzerArn'> = {}) =>
    (await analyzer.send(new ListFindingsCommand({ ...given, analyzerArn }))).findings ?? [];
  return { ...made, analyzer, analyzerArn, list };
}
