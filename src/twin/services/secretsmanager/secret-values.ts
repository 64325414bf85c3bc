import { parseArn } from '../../../base/arn.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { secret, secretsTable, valuesOf, type SecretResource } from './secret.js';

/** A secret under a key of the customer's needs that key too. */
function authorizeKey(context: Context, { configuration }: SecretResource, action: string): void {
  const arn = parseArn(configuration.KmsKeyId ?? '');
  if (arn === undefined || configuration.KmsKeyId === undefined) return;
  context.authorize(configuration.KmsKeyId, { action, resourceAccountId: arn.accountId });
}

/** What secrets hold: only what was put into this very twin can be got from it. */
export const secretValues = handlers('secretsmanager', {
  GetSecretValue(input, context) {
    const found = secret(context, input.SecretId);
    authorizeKey(context, found, 'kms:Decrypt');
    const value = valuesOf(context).get(found.arn);
    const isAsked =
      (input.VersionId ?? value?.VersionId) === value?.VersionId &&
      (input.VersionStage ?? 'AWSCURRENT') === 'AWSCURRENT';
    if (value === undefined || !isAsked) {
      const stage = input.VersionStage ?? 'AWSCURRENT';
      const message = `Secrets Manager can't find the specified secret value for staging label: ${stage}. The twin knows the current value of secrets that were put into it, and of no others.`;
      throw new AwsError('ResourceNotFoundException', message);
    }
    const { VersionId, SecretString, SecretBinary, CreatedDate } = value;
    return {
      ARN: found.arn,
      Name: found.configuration.Name ?? '',
      VersionId,
      ...(SecretString === undefined ? {} : { SecretString }),
      ...(SecretBinary === undefined ? {} : { SecretBinary }),
      VersionStages: ['AWSCURRENT'],
      CreatedDate,
    };
  },
  PutSecretValue(input, context) {
    const found = secret(context, input.SecretId);
    authorizeKey(context, found, 'kms:GenerateDataKey');
    const { SecretString, SecretBinary } = input;
    const VersionId = input.ClientRequestToken ?? context.uuid();
    valuesOf(context).set(found.arn, { VersionId, SecretString, SecretBinary, CreatedDate: context.now });
    secretsTable(context, found.arn).edit(found.arn, (edited) => {
      edited.VersionIdsToStages = { [VersionId]: ['AWSCURRENT'] };
      edited.LastChangedDate = context.now.toISOString();
    });
    return { ARN: found.arn, Name: found.configuration.Name ?? '', VersionId, VersionStages: ['AWSCURRENT'] };
  },
});
