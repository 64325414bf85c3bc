import { arnName } from '../../base/arn.js';
import type { Estate, Resource } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { isDocument, isMissing, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Refusal, Step } from '../playbook.js';
import { freeSid, rawPolicy } from '../policy-document.js';

const SID = 'RefusePlainHttp';

/** S3 takes no longer policy. Source: S3 user guide, "Policies and permissions in Amazon S3". */
const POLICY_BYTES_MAX = 20_480;

/** S3's code for "there is none". */
const NO_POLICY = ['NoSuchBucketPolicy'];

export const playbook: Playbook = {
  id: 'refuse-plain-http-to-bucket',
  title: 'Refuse plain HTTP to a bucket',
  description:
    'Adds one statement to the bucket policy that denies everything to every request without TLS (aws:SecureTransport is false), and makes a policy where there is none. The other statements stay as they are.',
  controls: ['S3.5'],
  risk: 'H',
  calls: ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
  plan(subject, estate) {
    const bucket = estate.get('AWS::S3::Bucket', subject.resourceArn, subject.accountId);
    if (bucket === undefined) return notFound(subject);
    const step = stepOf(bucket, estate);
    if ('refused' in step) return step;
    return planOf(playbook, subject, [step], {
      warnings: [
        {
          code: 'httpClients',
          text: 'whoever uses plain HTTP today is refused: old clients, links that begin with http:, and the static website endpoint, which has no TLS',
        },
      ],
      outsideModel: ['requests over plain HTTP that the bucket answers today', 'a static website on the bucket'],
    });
  },
};

function stepOf(bucket: Resource<'AWS::S3::Bucket'>, estate: Estate): Step | Refusal {
  const { Policy: had, PolicyStatus: status } = bucket.configuration;
  if (had === undefined) return notRead('the bucket’s policy');
  const raw = rawPolicy(had ?? '{"Version":"2012-10-17","Statement":[]}');
  if (raw === undefined) return refuse('the bucket’s policy is not a policy document', 'mend it first');
  if (had !== null && status?.IsPublic !== false && isBlockedByEither(bucket, estate)) {
    return refuse(
      'S3 takes no public policy while Block Public Access is on, and this one is public or may be',
      'close the bucket to strangers first (S3.2, S3.3)',
    );
  }
  const refusal = {
    Sid: freeSid(raw.statements, SID),
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucket.arn, `${bucket.arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const next = raw.withStatements([...raw.statements, refusal]);
  if (Buffer.byteLength(next) > POLICY_BYTES_MAX) {
    return refuse(`with one more statement the policy is longer than ${POLICY_BYTES_MAX} bytes`, 'shorten it first');
  }
  const Bucket = arnName(bucket.arn);
  const target = { accountId: bucket.accountId, region: bucket.region };
  const read = apiCall('s3', 'GetBucketPolicy', target, { Bucket });
  const put = (Policy: string) => apiCall('s3', 'PutBucketPolicy', target, { Bucket, Policy });
  return {
    id: 'refuse',
    title: `deny plain HTTP in the policy of bucket ${Bucket}`,
    call: put(next),
    before: [had === null ? isMissing(read, 'Policy', NO_POLICY) : isDocument(read, 'Policy', had)],
    after: [isDocument(read, 'Policy', next, NO_POLICY)],
    undo: [had === null ? apiCall('s3', 'DeleteBucketPolicy', target, { Bucket }) : put(had)],
  };
}

/** Whether the bucket or its account refuses public policies, as far as it was read. */
function isBlockedByEither(bucket: Resource<'AWS::S3::Bucket'>, estate: Estate): boolean {
  const [account] = estate.list('Hikeshi::S3::AccountPublicAccessBlock', { accountId: bucket.accountId });
  const settings = [bucket.configuration, account?.configuration].map((each) => each?.PublicAccessBlockConfiguration);
  return settings.some((each) => each?.BlockPublicPolicy === true);
}
