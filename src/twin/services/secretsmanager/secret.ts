import { parseArn } from '../../../base/arn.js';
import type { Resource } from '../../../estate/estate.js';
import type { Fork } from '../../../estate/fork.js';
import { AwsError } from '../../aws-error.js';
import type { Context, Table } from '../../context.js';

export type SecretResource = Resource<'AWS::SecretsManager::Secret'>;

/** One version of a secret, as it was put into this twin. */
export interface SecretValue {
  readonly VersionId: string;
  readonly SecretString: string | undefined;
  readonly SecretBinary: Uint8Array | undefined;
  readonly CreatedDate: Date;
}

/** Values live beside the estate, in memory, as long as its fork: an estate has no secret's value, and none is written. */
const values = new WeakMap<Fork, Map<string, SecretValue>>();

/** The current values put into this twin, by the secret's ARN. */
export function valuesOf(context: Context): Map<string, SecretValue> {
  const own = values.get(context.estate) ?? new Map<string, SecretValue>();
  values.set(context.estate, own);
  return own;
}

/** The secrets of the account and region that an id names: an ARN may name another account's. */
export function secretsTable(context: Context, id = ''): Table<'AWS::SecretsManager::Secret'> {
  const arn = parseArn(id);
  return context.table(
    'AWS::SecretsManager::Secret',
    arn === undefined ? {} : { accountId: arn.accountId, region: arn.region },
  );
}

const SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * Finds a secret by name, ARN, or ARN without its random end, and asks the authorizer.
 *
 * @throws AwsError ResourceNotFoundException, or InvalidRequestException for one that is being deleted.
 */
export function secret(context: Context, id: string, { deleted = false } = {}): SecretResource {
  const named = parseArn(id);
  const table = secretsTable(context, id);
  const found =
    named === undefined
      ? table.find(({ Name }) => Name === id)
      : (table.get(id) ?? table.find(({ ARN }) => ARN?.replace(SUFFIX, '') === id));
  context.authorize(found?.arn ?? (named === undefined ? context.arn(`secret:${id}`) : id), {
    resourceAccountId: named?.accountId ?? context.accountId,
  });
  if (found === undefined) {
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  if (!deleted && found.configuration.DeletedDate !== undefined) {
    const message = "You can't perform this operation on the secret because it was marked for deletion.";
    throw new AwsError('InvalidRequestException', message);
  }
  return found;
}
