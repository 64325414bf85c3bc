import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';

const functions = (context: Context) => context.table('AWS::Lambda::Function');

/** Finds a function by name or ARN, asks the authorizer, or throws ResourceNotFoundException. */
function lambda(context: Context, nameOrArn: string) {
  const name = nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? '') : nameOrArn;
  const arn = context.arn(`function:${name}`);
  context.authorize(arn);
  const found = functions(context).get(arn);
  if (found === undefined)
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 });
  return found;
}

const shown = ({ Policy: _p, Tags: _t, ...own }: ReturnType<typeof lambda>['configuration']) => own;

/** What is kept of a resource-based policy's document. */
interface PolicyDocument {
  readonly Version: string;
  readonly Id: string;
  readonly Statement: readonly ({ readonly Sid?: string } & Record<string, unknown>)[];
}

const documentOf = (policy: string | null | undefined): PolicyDocument =>
  policy ? (JSON.parse(policy) as PolicyDocument) : { Version: '2012-10-17', Id: 'default', Statement: [] };

const reads = handlers('lambda', {
  ListFunctions(input, context) {
    context.authorize();
    const { items, next } = context.page(functions(context).all(), input.Marker, input.MaxItems, 50);
    return {
      Functions: items.map(({ configuration }) => shown(configuration)),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  },
  GetFunctionConfiguration: (input, context) => shown(lambda(context, input.FunctionName).configuration),
  GetFunction(input, context) {
    const { configuration } = lambda(context, input.FunctionName);
    return { Configuration: shown(configuration), Tags: configuration.Tags ?? {} };
  },
  GetPolicy(input, context) {
    const { Policy } = lambda(context, input.FunctionName).configuration;
    if (!Policy)
      throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', { status: 404 });
    return { Policy };
  },
  ListTags: (input, context) => ({ Tags: lambda(context, input.Resource).configuration.Tags ?? {} }),
});

const writes = handlers('lambda', {
  DeleteFunction(input, context) {
    functions(context).remove(lambda(context, input.FunctionName).arn);
    return { StatusCode: 204 };
  },
  AddPermission(input, context) {
    const found = lambda(context, input.FunctionName);
    const document = documentOf(found.configuration.Policy);
    if (document.Statement.some(({ Sid }) => Sid === input.StatementId)) {
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        { status: 409 },
      );
    }
    const Principal = /^\d{12}$/.test(input.Principal)
      ? { AWS: context.arn('root', { service: 'iam', region: '', accountId: input.Principal }) }
      : input.Principal === '*'
        ? '*'
        : { Service: input.Principal };
    const Condition = {
      ...(input.SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
      ...(input.SourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': input.SourceAccount } }),
    };
    const statement = {
      Sid: input.StatementId,
      Effect: 'Allow',
      Principal,
      Action: input.Action,
      Resource: found.arn,
      ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
    };
    functions(context).edit(found.arn, (edited) => {
      edited.Policy = JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
    });
    return { Statement: JSON.stringify(statement) };
  },
  RemovePermission(input, context) {
    const found = lambda(context, input.FunctionName);
    const document = documentOf(found.configuration.Policy);
    const kept = document.Statement.filter(({ Sid }) => Sid !== input.StatementId);
    if (kept.length === document.Statement.length) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Statement ${input.StatementId} is not found in resource policy.`,
        { status: 404 },
      );
    }
    functions(context).edit(found.arn, (edited) => {
      edited.Policy = kept.length === 0 ? null : JSON.stringify({ ...document, Statement: kept });
    });
  },
});

/** Lambda on the twin. Functions are configuration: none is run. */
export const service = implement('lambda', reads, writes);
