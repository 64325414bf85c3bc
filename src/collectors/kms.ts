import { defineCollector, resourceAt } from './collector.js';

/** KMS rotates the material it made itself, of symmetric keys that it keeps for the customer. */
function rotates(key: { KeyManager?: string | undefined; KeySpec?: string | undefined; Origin?: string | undefined; KeyState?: string | undefined }): boolean {
  return key.KeyManager === 'CUSTOMER' && key.KeySpec === 'SYMMETRIC_DEFAULT' && key.Origin === 'AWS_KMS' && key.KeyState !== 'PendingDeletion';
}

const keys = defineCollector({
  service: 'kms',
  types: ['AWS::KMS::Key'],
  reads: ['ListKeys', 'DescribeKey', 'GetKeyRotationStatus', 'GetKeyPolicy', 'ListResourceTags'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListKeys', { Limit: 1000 }, (page) => page.Keys);
    const made = await read.each(listed, async ({ KeyId = '', KeyArn: arn = '' }) => {
      const described = await read.detail('DescribeKey', { KeyId }, arn);
      const metadata = described?.KeyMetadata ?? { KeyId, Arn: arn };
      const rotation = rotates(metadata) ? await read.detail('GetKeyRotationStatus', { KeyId }, arn) : undefined;
      const own = metadata.KeyManager === 'CUSTOMER';
      const policy = own ? await read.detail('GetKeyPolicy', { KeyId, PolicyName: 'default' }, arn) : undefined;
      const Tags = own ? await read.details('ListResourceTags', { KeyId }, (page) => page.Tags, arn) : undefined;
      return resourceAt(target, 'AWS::KMS::Key', arn, {
        ...metadata,
        ...(rotation?.KeyRotationEnabled === undefined ? {} : { KeyRotationEnabled: rotation.KeyRotationEnabled }),
        ...(rotation?.RotationPeriodInDays === undefined ? {} : { RotationPeriodInDays: rotation.RotationPeriodInDays }),
        ...(policy?.Policy === undefined ? {} : { Policy: policy.Policy }),
        ...(Tags === undefined ? {} : { Tags }),
      });
    });
    yield* made;
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

export const kms = [keys, aliases] as const;
