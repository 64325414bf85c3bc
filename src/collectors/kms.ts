import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { Stored } from '../base/json.js';
import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['NotFoundException'];

/**
 * KMS rotates by itself only material that it made, of symmetric keys that it keeps for the customer. A key that is being
 * deleted (or waits for its replicas to be) is not asked about: it cannot be rotated any more.
 *
 * Source: KMS developer guide, "Rotate AWS KMS keys" and "Key states of AWS KMS keys".
 */
function rotates({ KeyManager, KeySpec, Origin, KeyState }: Stored<KeyMetadata>): boolean {
  return (
    KeyManager === 'CUSTOMER' &&
    KeySpec === 'SYMMETRIC_DEFAULT' &&
    Origin === 'AWS_KMS' &&
    KeyState !== 'PendingDeletion' &&
    KeyState !== 'PendingReplicaDeletion'
  );
}

/** The account's own keys whole; of the keys AWS manages in it, what DescribeKey says. */
const keys = defineCollector({
  service: 'kms',
  types: ['AWS::KMS::Key'],
  reads: ['ListKeys', 'DescribeKey', 'GetKeyRotationStatus', 'GetKeyPolicy', 'ListGrants', 'ListResourceTags'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListKeys', { Limit: 1000 }, (page) => page.Keys);
    const made = await read.each(listed, async ({ KeyId = '', KeyArn: arn = '' }) => {
      const described = await read.detail('DescribeKey', { KeyId }, arn, GONE);
      if (described === null) return [];
      const metadata = described?.KeyMetadata ?? { KeyId, Arn: arn };
      const own = metadata.KeyManager === 'CUSTOMER';
      const rotation = rotates(metadata) ? await read.detail('GetKeyRotationStatus', { KeyId }, arn) : undefined;
      const policy = own ? await read.detail('GetKeyPolicy', { KeyId, PolicyName: 'default' }, arn) : undefined;
      const Grants = own
        ? await read.details('ListGrants', { KeyId, Limit: 100 }, (page) => page.Grants, arn)
        : undefined;
      const Tags = own ? await read.details('ListResourceTags', { KeyId }, (page) => page.Tags, arn) : undefined;
      const { KeyRotationEnabled, RotationPeriodInDays } = rotation ?? {};
      const resource = resourceAt(target, 'AWS::KMS::Key', arn, {
        ...metadata,
        ...(KeyRotationEnabled === undefined ? {} : { KeyRotationEnabled }),
        ...(RotationPeriodInDays === undefined ? {} : { RotationPeriodInDays }),
        ...(policy?.Policy === undefined ? {} : { Policy: policy.Policy }),
        ...(Grants ? { Grants } : {}),
        ...(Tags ? { Tags } : {}),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

const aliases = defineCollector({
  service: 'kms',
  types: ['AWS::KMS::Alias'],
  reads: ['ListAliases'],
  scope: 'region',
  async *collect(read, target) {
    for (const item of await read.list('ListAliases', { Limit: 100 }, (page) => page.Aliases)) {
      yield resourceAt(target, 'AWS::KMS::Alias', item.AliasArn ?? '', item);
    }
  },
});

/** KMS's collectors. */
export const kms = [keys, aliases] as const;
