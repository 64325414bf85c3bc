import type { CreateTableInput } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { isJsonObject } from '../../policy-text.js';
import { policies } from './policies.js';
import { table, tables, type TableResource } from './table.js';

const TABLES_MAX = 100;

/** A table as DescribeTable shows it: without what other calls answer. */
const shown = ({ configuration: { ResourcePolicy: _, StreamResourcePolicy: _s, ...own } }: TableResource) => own;

/** The stream that a new table is given, named by the time. */
function streamOf(context: Context, arn: string, specification: CreateTableInput['StreamSpecification']) {
  if (specification?.StreamEnabled !== true) return {};
  const LatestStreamLabel = context.now.toISOString().replace('Z', '');
  return {
    StreamSpecification: specification,
    LatestStreamLabel,
    LatestStreamArn: `${arn}/stream/${LatestStreamLabel}`,
  };
}

const all = handlers('dynamodb', {
  ListTables(input, context) {
    context.authorize();
    const names = tables(context)
      .all()
      .flatMap(({ configuration: { TableName } }) => TableName ?? [])
      .sort();
    const start = input.ExclusiveStartTableName ?? '';
    const limit = Math.min(input.Limit ?? TABLES_MAX, TABLES_MAX);
    const rest = names.filter((name) => name > start);
    const TableNames = rest.slice(0, limit);
    const last = TableNames.at(-1);
    return { TableNames, ...(rest.length > limit && last !== undefined ? { LastEvaluatedTableName: last } : {}) };
  },
  DescribeTable: (input, context) => ({ Table: shown(table(context, input.TableName)) }),
  CreateTable(input, context) {
    const TableArn = context.arn(`table/${input.TableName}`);
    context.authorize(TableArn);
    if (input.ResourcePolicy !== undefined) {
      context.authorize(TableArn, { action: 'dynamodb:PutResourcePolicy' });
      if (!isJsonObject(input.ResourcePolicy)) {
        throw new AwsError('ValidationException', 'Invalid policy document: The policy is not valid JSON.');
      }
    }
    if (tables(context).get(TableArn) !== undefined) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${input.TableName}`);
    }
    const isOnDemand = input.BillingMode === 'PAY_PER_REQUEST';
    const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = input.ProvisionedThroughput ?? {};
    const made = tables(context).put(TableArn, {
      AttributeDefinitions: [...(input.AttributeDefinitions ?? [])],
      TableName: input.TableName,
      KeySchema: [...(input.KeySchema ?? [])],
      TableStatus: 'ACTIVE',
      CreationDateTime: context.now.toISOString(),
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits, WriteCapacityUnits },
      TableArn,
      TableId: context.uuid(),
      ...(isOnDemand ? { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } } : {}),
      DeletionProtectionEnabled: input.DeletionProtectionEnabled ?? false,
      ...streamOf(context, TableArn, input.StreamSpecification),
      ResourcePolicy: input.ResourcePolicy ?? null,
      StreamResourcePolicy: null,
    });
    return { TableDescription: shown(made) };
  },
  DeleteTable(input, context) {
    const found = table(context, input.TableName);
    if (found.configuration.DeletionProtectionEnabled === true) {
      const message = `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`;
      throw new AwsError('ValidationException', message);
    }
    tables(context, found.arn).remove(found.arn);
    return { TableDescription: { ...shown(found), TableStatus: 'DELETING' as const } };
  },
});

/** DynamoDB on the twin: tables and who may use them, not what is in them. */
export const service = implement('dynamodb', all, policies);
