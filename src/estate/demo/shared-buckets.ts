import { PARTNER_ACCOUNT, policyText, serviceCases } from './access-cases.js';
import type { Plot } from './plot.js';
import { BLOCKED, bucket, bucketName, OPEN } from './storage.js';

const READ = ['s3:GetObject', 's3:ListBucket'];

/** Buckets shared by policy and by ACL. The account's own block is off, or nothing of it would be public. */
export function sharedBuckets(plot: Plot): void {
  const { site, region } = plot;
  const block = site.resources.findIndex(({ type }) => type === 'Hikeshi::S3::AccountPublicAccessBlock');
  const found = site.resources[block];
  if (found !== undefined)
    site.resources[block] = { ...found, configuration: { PublicAccessBlockConfiguration: null } };
  const arnOf = (suffix: string) => `arn:aws:s3:::${bucketName(site, suffix)}`;
  const cases = [...plot.cases('s3'), ...serviceCases('logging.s3.amazonaws.com', site.accountId)];
  for (const { name, statements, ...truth } of cases) {
    const actions = name.startsWith('deputy') ? ['s3:PutObject'] : READ;
    bucket(site, region, name, {
      PublicAccessBlockConfiguration: OPEN,
      Policy: policyText(statements(actions, [arnOf(name), `${arnOf(name)}/*`])),
      PolicyStatus: { IsPublic: truth.verdict === 'public' },
    });
    plot.note('AWS::S3::Bucket', arnOf(name), truth);
  }
  blockedBucket(plot, arnOf('public-but-blocked'));
  bucketByAcl(plot, 'acl-shared-with-partner', PARTNER_ACCOUNT);
  plot.note('AWS::S3::Bucket', arnOf('acl-shared-with-partner'), {
    verdict: 'external',
    reason: `the ACL lets account ${PARTNER_ACCOUNT} read, which is not of the organization`,
  });
  bucketByAcl(plot, 'acl-own-account', site.managementAccountId);
  plot.note('AWS::S3::Bucket', arnOf('acl-own-account'), {
    verdict: 'internal',
    reason: 'the one account that the ACL lets read is of the organization',
  });
}

function blockedBucket(plot: Plot, arn: string): void {
  const Statement = [{ Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action: READ, Resource: [arn, `${arn}/*`] }];
  bucket(plot.site, plot.region, 'public-but-blocked', {
    PublicAccessBlockConfiguration: BLOCKED,
    Policy: policyText(Statement),
    PolicyStatus: { IsPublic: true },
  });
  const reason = 'everyone is allowed, and Block Public Access restricts it to the account';
  plot.note('AWS::S3::Bucket', arn, { verdict: 'internal', reason });
}

function bucketByAcl({ site, region }: Plot, suffix: string, readerAccountId: string): void {
  const canonical = (accountId: string) => ({ ID: accountId.padEnd(64, '0'), Type: 'CanonicalUser' as const });
  bucket(site, region, suffix, {
    OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
    Acl: {
      Owner: { ID: site.accountId.padEnd(64, '0') },
      Grants: [
        { Grantee: canonical(site.accountId), Permission: 'FULL_CONTROL' },
        { Grantee: canonical(readerAccountId), Permission: 'READ' },
      ],
    },
  });
}
