import { parseArn } from '../../../base/arn.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';

export type TableResource = Resource<'AWS::DynamoDB::Table'>;

/** The tables of the account and region that an ARN names; of the caller's own for anything else. */
export function tables(context: Context, nameOrArn = '') {
  const arn = parseArn(nameOrArn);
  const scope = arn === undefined ? {} : { accountId: arn.accountId, region: arn.region };
  return context.table('AWS::DynamoDB::Table', scope);
}

/**
 * Finds a table by name or ARN, and asks the authorizer.
 *
 * @throws AwsError ResourceNotFoundException with DynamoDB's own text.
 */
export function table(context: Context, nameOrArn: string): TableResource {
  const arn = parseArn(nameOrArn) === undefined ? context.arn(`table/${nameOrArn}`) : nameOrArn;
  context.authorize(arn, { resourceAccountId: parseArn(arn)?.accountId ?? context.accountId });
  const found = tables(context, nameOrArn).get(arn);
  if (found !== undefined) return found;
  const name = arn.slice(arn.indexOf('/') + 1);
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
}
