import {
  CreateAccessPreviewCommand,
  GetAccessPreviewCommand,
  ListAccessPreviewFindingsCommand,
  ListAccessPreviewsCommand,
  type Configuration,
} from '@aws-sdk/client-accessanalyzer';
import { describe, expect, it, test } from 'vitest';
import { ACCOUNT, analyzed, bucket, document, onBucket, PARTNER, REGION } from './testing.fixture.js';

const DATA = 'arn:aws:s3:::data';
const OTHER = '777788889999';
const resources = [bucket(document(onBucket({ AWS: PARTNER })))];

async function preview(arn: string, configuration: Configuration) {
  const made = await analyzed(resources);
  const { analyzer, analyzerArn } = made;
  const create = new CreateAccessPreviewCommand({ analyzerArn, configurations: { [arn]: configuration } });
  const { id: accessPreviewId = '' } = await analyzer.send(create);
  const { accessPreview } = await analyzer.send(new GetAccessPreviewCommand({ analyzerArn, accessPreviewId }));
  const list = async (filter = {}) =>
    (await analyzer.send(new ListAccessPreviewFindingsCommand({ analyzerArn, accessPreviewId, filter }))).findings;
  return { ...made, accessPreview, preview: list };
}

const everyone = (Action: string, Resource?: string) => document({ Effect: 'Allow', Principal: '*', Action, Resource });

describe('an access preview', () => {
  it('tells what would be new, what would stay and what would be resolved, and changes nothing', async () => {
    const wider = document(onBucket({ AWS: PARTNER }), onBucket({ AWS: OTHER }));
    const added = await preview(DATA, { s3Bucket: { bucketPolicy: wider } });
    const [existing] = await added.list();
    expect(added.accessPreview).toMatchObject({
      status: 'COMPLETED',
      configurations: { [DATA]: { s3Bucket: { bucketPolicy: wider } } },
    });
    expect(await added.preview()).toMatchObject([
      { changeType: 'UNCHANGED', existingFindingId: existing?.id, existingFindingStatus: 'ACTIVE', status: 'ACTIVE' },
      { changeType: 'NEW', principal: { AWS: OTHER }, action: ['s3:GetObject'], isPublic: false, status: 'ACTIVE' },
    ]);
    expect(await added.preview({ 'principal.AWS': { eq: [OTHER] } })).toHaveLength(1);
    expect(await added.list()).toHaveLength(1);

    const removed = await preview(DATA, { s3Bucket: { bucketPolicy: '' } });
    expect(await removed.preview()).toMatchObject([
      { changeType: 'CHANGED', existingFindingId: existing?.id, existingFindingStatus: 'ACTIVE', status: 'RESOLVED' },
    ]);
    const { analyzer, analyzerArn } = removed;
    const { accessPreviews } = await analyzer.send(new ListAccessPreviewsCommand({ analyzerArn }));
    expect(accessPreviews).toMatchObject([{ analyzerArn, status: 'COMPLETED' }]);
  });

  it('tells that a finding would mean something else, though it is of the same principal and actions', async () => {
    const same = document(onBucket({ AWS: `arn:aws:iam::${PARTNER}:root` }));
    const less = document(onBucket({ AWS: PARTNER }, { Resource: 'arn:aws:s3:::data/public/*' }));
    const typeOf = async (bucketPolicy: string) => {
      const { preview: list } = await preview(DATA, { s3Bucket: { bucketPolicy } });
      return (await list())?.map(({ changeType }) => changeType);
    };
    expect(await typeOf(same)).toEqual(['UNCHANGED']);
    expect(await typeOf(less)).toEqual(['CHANGED']);
  });

  it('of a bucket counts its ACL and Block Public Access', async () => {
    const uri = 'http://acs.amazonaws.com/groups/global/AllUsers';
    const bucketAclGrants = [{ permission: 'READ' as const, grantee: { uri } }];
    const opened = await preview(DATA, { s3Bucket: { bucketPolicy: '', bucketAclGrants } });
    expect(await opened.preview({ isPublic: { eq: ['true'] } })).toMatchObject([{ sources: [{ type: 'BUCKET_ACL' }] }]);
    const bucketPublicAccessBlock = { ignorePublicAcls: true, restrictPublicBuckets: true };
    const blocked = await preview(DATA, { s3Bucket: { bucketPolicy: '', bucketAclGrants, bucketPublicAccessBlock } });
    expect(await blocked.preview({ status: { eq: ['ACTIVE'] } })).toEqual([]);
  });

  const here = `${REGION}:${ACCOUNT}`;
  const key = `arn:aws:kms:${here}:key/11111111-2222-3333-4444-555555555555`;
  const grant = {
    operations: ['Decrypt' as const],
    granteePrincipal: `arn:aws:iam::${PARTNER}:role/app`,
    issuingAccount: ACCOUNT,
  };
  test.each<[string, string, Configuration, string]>([
    ['queue', `arn:aws:sqs:${here}:jobs`, { sqsQueue: { queuePolicy: everyone('sqs:SendMessage', '*') } }, '*'],
    ['topic', `arn:aws:sns:${here}:news`, { snsTopic: { topicPolicy: everyone('sns:Publish', '*') } }, '*'],
    ['key', key, { kmsKey: { keyPolicies: { default: everyone('kms:Decrypt', '*') } } }, '*'],
    ['key with a grant', key, { kmsKey: { grants: [grant] } }, grant.granteePrincipal],
    ['role', `arn:aws:iam::${ACCOUNT}:role/new`, { iamRole: { trustPolicy: everyone('sts:AssumeRole') } }, '*'],
    [
      'secret',
      `arn:aws:secretsmanager:${here}:secret:db-a1b2c3`,
      { secretsManagerSecret: { secretPolicy: everyone('secretsmanager:GetSecretValue', '*') } },
      '*',
    ],
  ])('can be of a new %s', async (_, arn, configuration, principal) => {
    const made = await preview(arn, configuration);
    expect(await made.preview()).toMatchObject([{ changeType: 'NEW', resource: arn, principal: { AWS: principal } }]);
  });

  it('of what is no policy has failed', async () => {
    const made = await preview(DATA, { s3Bucket: { bucketPolicy: '{"Statement": 1}' } });
    expect(made.accessPreview).toMatchObject({ status: 'FAILED', statusReason: { code: 'INVALID_CONFIGURATION' } });
    await expect(made.preview()).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it.each<[string, string, Configuration]>([
    ['another type', `arn:aws:ecr:${here}:repository/app`, { ecrRepository: { repositoryPolicy: everyone('ecr:*') } }],
    ["another account's resource", `arn:aws:sqs:${REGION}:${PARTNER}:jobs`, { sqsQueue: { queuePolicy: '' } }],
    ['a new role without trust', `arn:aws:iam::${ACCOUNT}:role/new`, { iamRole: {} }],
  ])('of %s is refused', async (_, arn, configuration) => {
    await expect(preview(arn, configuration)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
