import type { Estate } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { asItWas, is, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Subject, Warning } from '../playbook.js';
import { ALL_BLOCKED, isAllBlocked, NO_BLOCK } from '../public-access-block.js';

export const playbook: Playbook = {
  id: 'block-public-access-on-account',
  title: 'Block public access to every bucket of an account',
  description:
    'Switches all four settings of S3 Block Public Access on for the account. Buckets that are public on purpose (websites) stop answering strangers: the warning names those that look public.',
  controls: ['S3.1'],
  risk: 'H',
  calls: ['s3control:GetPublicAccessBlock', 's3control:PutPublicAccessBlock', 's3control:DeletePublicAccessBlock'],
  plan(subject, estate) {
    const settings = estate.get('Hikeshi::S3::AccountPublicAccessBlock', subject.resourceArn, subject.accountId);
    if (settings === undefined) return notFound(subject);
    const had = settings.configuration.PublicAccessBlockConfiguration;
    if (had === undefined) return notRead('the account’s Block Public Access');
    if (isAllBlocked(had)) return refuse('everything is blocked already', 'scan again');
    const AccountId = subject.accountId;
    const read = apiCall('s3control', 'GetPublicAccessBlock', subject, { AccountId });
    const path = 'PublicAccessBlockConfiguration';
    const put = (PublicAccessBlockConfiguration: typeof ALL_BLOCKED | NonNullable<typeof had>) =>
      apiCall('s3control', 'PutPublicAccessBlock', subject, { AccountId, PublicAccessBlockConfiguration });
    const step = {
      id: 'block',
      title: `block public access to all buckets of account ${AccountId}`,
      call: put(ALL_BLOCKED),
      before: [asItWas(read, path, had, NO_BLOCK)],
      after: [is(read, path, ALL_BLOCKED)],
      undo: [had === null ? apiCall('s3control', 'DeletePublicAccessBlock', subject, { AccountId }) : put(had)],
    };
    return planOf(playbook, subject, [step], {
      warnings: publicBuckets(estate, subject),
      outsideModel: ['requests of strangers that public buckets answer today'],
    });
  },
};

function publicBuckets(estate: Estate, { accountId }: Subject): Warning[] {
  const names = [...estate.list('AWS::S3::Bucket', { accountId })]
    .filter(
      ({ configuration }) =>
        configuration.PolicyStatus?.IsPublic === true && !isAllBlocked(configuration.PublicAccessBlockConfiguration),
    )
    .map(({ configuration }) => configuration.Name);
  return names.length === 0
    ? []
    : [{ code: 'publicBuckets', text: `these buckets are public by policy today: ${names.slice(0, 10).join(', ')}` }];
}
