import type { Filter } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { secret, secretsTable, valuesOf, type SecretResource } from './secret.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A secret as DescribeSecret shows it: without what another call answers. */
const described = ({ configuration: { ResourcePolicy: _, ...own } }: SecretResource) => own;

/** As ListSecrets shows it: the same but for one name and the replicas. */
function listed(found: SecretResource) {
  const { VersionIdsToStages, ReplicationStatus: _, ...own } = described(found);
  return { ...own, ...(VersionIdsToStages === undefined ? {} : { SecretVersionsToStages: VersionIdsToStages }) };
}

/** The texts of a secret that a filter looks at. Source: Secrets Manager API reference, `Filter`. */
function textsOf({ configuration }: SecretResource, key: Filter['Key']): readonly string[] {
  const { Name = '', Description = '', Tags = [], PrimaryRegion = '', OwningService = '' } = configuration;
  const keys = Tags.map(({ Key = '' }) => Key);
  const values = Tags.map(({ Value = '' }) => Value);
  switch (key) {
    case 'name':
      return [Name];
    case 'description':
      return [Description];
    case 'tag-key':
      return keys;
    case 'tag-value':
      return values;
    case 'primary-region':
      return [PrimaryRegion];
    case 'owning-service':
      return [OwningService];
    default:
      return [Name, Description, ...keys, ...values];
  }
}

/** Filters match what begins with a value, or with `!` before the value what does not. */
function matches(found: SecretResource, { Key, Values = [] }: Filter): boolean {
  const texts = textsOf(found, Key);
  return Values.some((value) =>
    value.startsWith('!')
      ? !texts.some((text) => text.startsWith(value.slice(1)))
      : texts.some((text) => text.startsWith(value)),
  );
}

/** Secrets themselves: made, described, tagged, deleted. */
export const secrets = handlers('secretsmanager', {
  ListSecrets(input, context) {
    context.authorize();
    const all = secretsTable(context)
      .all()
      .filter(({ configuration }) => input.IncludePlannedDeletion === true || configuration.DeletedDate === undefined)
      .filter((each) => (input.Filters ?? []).every((filter) => matches(each, filter)));
    const { items, next } = context.page(all, input.NextToken, input.MaxResults, 100);
    return { SecretList: items.map(listed), ...(next === undefined ? {} : { NextToken: next }) };
  },
  DescribeSecret: (input, context) => described(secret(context, input.SecretId, { deleted: true })),
  CreateSecret(input, context) {
    const ARN = context.arn(`secret:${input.Name}-${context.id('', 6)}`);
    context.authorize(context.arn(`secret:${input.Name}`));
    const table = secretsTable(context);
    if (table.find(({ Name }) => Name === input.Name) !== undefined) {
      const message = `The operation failed because the secret ${input.Name} already exists.`;
      throw new AwsError('ResourceExistsException', message);
    }
    const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
    const VersionId = input.ClientRequestToken ?? context.uuid();
    table.put(ARN, {
      ARN,
      Name: input.Name,
      ...(input.Description === undefined ? {} : { Description: input.Description }),
      ...(input.KmsKeyId === undefined ? {} : { KmsKeyId: input.KmsKeyId }),
      LastChangedDate: context.now.toISOString(),
      CreatedDate: context.now.toISOString(),
      Tags: [...(input.Tags ?? [])],
      ...(hasValue ? { VersionIdsToStages: { [VersionId]: ['AWSCURRENT'] } } : {}),
      ResourcePolicy: null,
    });
    const { SecretString, SecretBinary } = input;
    if (hasValue) valuesOf(context).set(ARN, { VersionId, SecretString, SecretBinary, CreatedDate: context.now });
    return { ARN, Name: input.Name, ...(hasValue ? { VersionId } : {}) };
  },
  DeleteSecret(input, context) {
    const found = secret(context, input.SecretId);
    const { ARN = found.arn, Name = '' } = found.configuration;
    const now = input.ForceDeleteWithoutRecovery === true;
    if (now && input.RecoveryWindowInDays !== undefined) {
      const message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
      throw new AwsError('InvalidParameterException', message);
    }
    const days = now ? 0 : (input.RecoveryWindowInDays ?? 30);
    const DeletionDate = new Date(context.now.getTime() + days * DAY_MS).toISOString();
    const table = secretsTable(context, found.arn);
    if (now) table.remove(found.arn);
    else {
      table.edit(found.arn, (edited) => {
        edited.DeletedDate = context.now.toISOString();
      });
    }
    return { ARN, Name, DeletionDate };
  },
  RestoreSecret(input, context) {
    const found = secret(context, input.SecretId, { deleted: true });
    secretsTable(context, found.arn).edit(found.arn, (edited) => {
      delete edited.DeletedDate;
    });
    return { ARN: found.arn, Name: found.configuration.Name ?? '' };
  },
  TagResource(input, context) {
    const found = secret(context, input.SecretId);
    secretsTable(context, found.arn).edit(found.arn, (edited) => {
      const kept = (edited.Tags ?? []).filter(({ Key }) => !input.Tags.some((tag) => tag.Key === Key));
      edited.Tags = [...kept, ...input.Tags];
    });
  },
  UntagResource(input, context) {
    const found = secret(context, input.SecretId);
    secretsTable(context, found.arn).edit(found.arn, (edited) => {
      edited.Tags = (edited.Tags ?? []).filter(({ Key = '' }) => !input.TagKeys.includes(Key));
    });
  },
});
