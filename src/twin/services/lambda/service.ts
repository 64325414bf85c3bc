import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { layers } from './layers.js';
import { documentOf, principalOf, requireRevision, revisionOf, withoutStatement, withStatement } from './policy.js';

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
    return { Policy, RevisionId: revisionOf(Policy) };
  },
  ListTags: (input, context) => ({ Tags: lambda(context, input.Resource).configuration.Tags ?? {} }),
});

const writes = handlers('lambda', {
  DeleteFunction(input, context) {
    functions(context).remove(lambda(context, input.FunctionName).arn);
    return { StatusCode: 204 };
  },
  AddPermission(input, context) {
    const { arn, configuration } = lambda(context, input.FunctionName);
    requireRevision(configuration.Policy, input.RevisionId);
    const equals = {
      ...(input.SourceAccount === undefined ? {} : { 'AWS:SourceAccount': input.SourceAccount }),
      ...(input.PrincipalOrgID === undefined ? {} : { 'aws:PrincipalOrgID': input.PrincipalOrgID }),
      ...(input.FunctionUrlAuthType === undefined ? {} : { 'lambda:FunctionUrlAuthType': input.FunctionUrlAuthType }),
      ...(input.EventSourceToken === undefined ? {} : { 'lambda:EventSourceToken': input.EventSourceToken }),
    };
    const viaUrl = input.InvokedViaFunctionUrl;
    const Condition = {
      ...(input.SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
      ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
      ...(viaUrl === undefined ? {} : { Bool: { 'lambda:InvokedViaFunctionUrl': String(viaUrl) } }),
    };
    const statement = {
      Effect: 'Allow',
      Principal: principalOf(context, input.Principal),
      Action: input.Action,
      Resource: arn,
      ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
    };
    const document = withStatement(documentOf(configuration.Policy), input.StatementId, statement);
    functions(context).edit(arn, (edited) => {
      edited.Policy = JSON.stringify(document);
    });
    return { Statement: JSON.stringify({ Sid: input.StatementId, ...statement }) };
  },
  RemovePermission(input, context) {
    const { arn, configuration } = lambda(context, input.FunctionName);
    requireRevision(configuration.Policy, input.RevisionId);
    const Policy = withoutStatement(documentOf(configuration.Policy), input.StatementId);
    functions(context).edit(arn, (edited) => {
      edited.Policy = Policy;
    });
  },
});

/** Lambda on the twin. Functions are configuration: none is run. */
export const service = implement('lambda', layers, reads, writes);
