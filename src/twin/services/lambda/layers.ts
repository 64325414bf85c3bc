import { parseArn } from '../../../base/arn.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { documentOf, principalOf, requireRevision, revisionOf, withoutStatement, withStatement } from './policy.js';

type LayerVersionResource = Resource<'AWS::Lambda::LayerVersion'>;

const versions = (context: Context) => context.table('AWS::Lambda::LayerVersion');

/** A layer's ARN, by its name or as it is given. */
const layerArn = (context: Context, nameOrArn: string) =>
  parseArn(nameOrArn) === undefined ? context.arn(`layer:${nameOrArn}`) : nameOrArn;

const notFound = (message: string) => new AwsError('ResourceNotFoundException', message, { status: 404 });

/** Finds a version of a layer, asks the authorizer, or throws ResourceNotFoundException. */
function layerVersion(
  context: Context,
  { LayerName, VersionNumber }: { readonly LayerName: string; readonly VersionNumber: number },
): LayerVersionResource {
  const arn = `${layerArn(context, LayerName)}:${VersionNumber}`;
  context.authorize(arn, { resourceAccountId: parseArn(arn)?.accountId ?? context.accountId });
  const found = versions(context).get(arn);
  if (found === undefined) throw notFound(`Layer version ${arn} does not exist.`);
  return found;
}

const shown = ({ configuration: { LayerName: _, LayerArn: _arn, Policy: _policy, ...own } }: LayerVersionResource) =>
  own;

const newestFirst = (a: LayerVersionResource, b: LayerVersionResource) =>
  (b.configuration.Version ?? 0) - (a.configuration.Version ?? 0);

/** Layers, and who may use their versions. */
export const layers = handlers('lambda', {
  ListLayers(input, context) {
    context.authorize();
    const latest = new Map<string, LayerVersionResource>();
    for (const each of versions(context).all().toSorted(newestFirst)) {
      const { LayerName } = each.configuration;
      if (!latest.has(LayerName)) latest.set(LayerName, each);
    }
    const all = [...latest.values()].map((each) => ({
      LayerName: each.configuration.LayerName,
      LayerArn: each.configuration.LayerArn,
      LatestMatchingVersion: shown(each),
    }));
    const { items, next } = context.page(all, input.Marker, input.MaxItems, 50);
    return { Layers: items, ...(next === undefined ? {} : { NextMarker: next }) };
  },
  ListLayerVersions(input, context) {
    const arn = layerArn(context, input.LayerName);
    context.authorize(arn);
    const all = versions(context)
      .all()
      .filter(({ configuration }) => configuration.LayerArn === arn)
      .toSorted(newestFirst);
    const { items, next } = context.page(all, input.Marker, input.MaxItems, 50);
    return { LayerVersions: items.map(shown), ...(next === undefined ? {} : { NextMarker: next }) };
  },
  DeleteLayerVersion(input, context) {
    const arn = `${layerArn(context, input.LayerName)}:${input.VersionNumber}`;
    context.authorize(arn);
    versions(context).remove(arn);
  },
  GetLayerVersionPolicy(input, context) {
    const { Policy } = layerVersion(context, input).configuration;
    if (!Policy) throw notFound('No policy is associated with the given resource.');
    return { Policy, RevisionId: revisionOf(Policy) };
  },
  AddLayerVersionPermission(input, context) {
    const { arn, configuration } = layerVersion(context, input);
    requireRevision(configuration.Policy, input.RevisionId);
    const { OrganizationId } = input;
    const statement = {
      Effect: 'Allow',
      Principal: principalOf(context, input.Principal),
      Action: input.Action,
      Resource: arn,
      ...(OrganizationId === undefined
        ? {}
        : { Condition: { StringEquals: { 'aws:PrincipalOrgID': OrganizationId } } }),
    };
    const document = withStatement(documentOf(configuration.Policy), input.StatementId, statement);
    const Policy = JSON.stringify(document);
    versions(context).edit(arn, (edited) => {
      edited.Policy = Policy;
    });
    return { Statement: JSON.stringify({ Sid: input.StatementId, ...statement }), RevisionId: revisionOf(Policy) };
  },
  RemoveLayerVersionPermission(input, context) {
    const { arn, configuration } = layerVersion(context, input);
    requireRevision(configuration.Policy, input.RevisionId);
    const Policy = withoutStatement(documentOf(configuration.Policy), input.StatementId);
    versions(context).edit(arn, (edited) => {
      edited.Policy = Policy;
    });
  },
});
