import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['ResourceNotFoundException'];

/** What secrets are and who may read them; never what they hold: no operation that answers a value is listed here. */
const secrets = defineCollector({
  service: 'secretsmanager',
  types: ['AWS::SecretsManager::Secret'],
  reads: ['ListSecrets', 'DescribeSecret', 'GetResourcePolicy'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListSecrets', { MaxResults: 100 }, (page) => page.SecretList);
    const made = await read.each(listed, async ({ ARN = '', Name }) => {
      const described = await read.detail('DescribeSecret', { SecretId: ARN }, ARN, GONE);
      if (described === null) return [];
      const policy = await read.detail('GetResourcePolicy', { SecretId: ARN }, ARN);
      // Volatile: when it was last read is no part of what it is.
      const { LastAccessedDate: _, ...own } = described ?? { ARN, ...(Name === undefined ? {} : { Name }) };
      const resource = resourceAt(target, 'AWS::SecretsManager::Secret', ARN, {
        ...own,
        ...(policy === undefined ? {} : { ResourcePolicy: policy?.ResourcePolicy ?? null }),
      });
      return [resource];
    });
    yield* made.flat();
  },
});

/** Secrets Manager's collector. */
export const secretsmanager = [secrets] as const;
