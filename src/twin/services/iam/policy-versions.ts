import type { Resource } from '../../../estate/estate.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { deleteConflict, encodeDocument, limitExceeded, marked, noSuchEntity } from './not-found.js';

/** Source: IAM user guide, "IAM and AWS STS quotas". */
const VERSIONS_MAX = 5;

type PolicyResource = Resource<'AWS::IAM::ManagedPolicy'>;
type Version = NonNullable<PolicyResource['configuration']['PolicyVersionList']>[number];

/** Finds a customer managed policy, asks the authorizer, or throws NoSuchEntity. */
function managedPolicy(context: Context, arn: string): PolicyResource {
  context.authorize(arn);
  const found = context.table('AWS::IAM::ManagedPolicy').get(arn);
  if (found === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return found;
}

function versionsOf({ configuration }: PolicyResource): readonly Version[] {
  return configuration.PolicyVersionList ?? [];
}

/** Writes a policy's versions. It says that it was updated when its newest version was made. */
function put(context: Context, { arn }: PolicyResource, versions: readonly Version[]): void {
  context.table('AWS::IAM::ManagedPolicy').edit(arn, (edited) => {
    edited.PolicyVersionList = [...versions];
    edited.DefaultVersionId = versions.find(({ IsDefaultVersion }) => IsDefaultVersion === true)?.VersionId ?? '';
    const newest = versions
      .map(({ CreateDate = '' }) => CreateDate)
      .reduce((latest, date) => (date > latest ? date : latest), '');
    if (newest !== '') edited.UpdateDate = newest;
  });
}

const numberOf = ({ VersionId = 'v0' }: Version): number => Number(VersionId.slice(1));

/** Versions of customer managed policies. */
export const policyVersions = handlers('iam', {
  ListPolicyVersions(input, context) {
    const page = context.page(versionsOf(managedPolicy(context, input.PolicyArn)), input.Marker, input.MaxItems);
    return { Versions: page.items.map(({ Document: _, ...version }) => version), ...marked(page) };
  },
  CreatePolicyVersion(input, context) {
    const found = managedPolicy(context, input.PolicyArn);
    const versions = versionsOf(found);
    if (versions.length >= VERSIONS_MAX) {
      throw limitExceeded(
        `A managed policy can have up to ${VERSIONS_MAX} versions. Before you create a new version, you must delete an existing version.`,
      );
    }
    const VersionId = `v${Math.max(0, ...versions.map(numberOf)) + 1}`;
    const IsDefaultVersion = input.SetAsDefault ?? false;
    const CreateDate = context.now.toISOString();
    const others = IsDefaultVersion ? versions.map((each) => ({ ...each, IsDefaultVersion: false })) : versions;
    put(context, found, [
      { Document: encodeDocument(input.PolicyDocument), VersionId, IsDefaultVersion, CreateDate },
      ...others,
    ]);
    return { PolicyVersion: { VersionId, IsDefaultVersion, CreateDate } };
  },
  SetDefaultPolicyVersion(input, context) {
    const found = managedPolicy(context, input.PolicyArn);
    const versions = versionsOf(found);
    requireVersion(versions, input);
    put(
      context,
      found,
      versions.map((each) => ({ ...each, IsDefaultVersion: each.VersionId === input.VersionId })),
    );
  },
  DeletePolicyVersion(input, context) {
    const found = managedPolicy(context, input.PolicyArn);
    const versions = versionsOf(found);
    if (requireVersion(versions, input).IsDefaultVersion === true) {
      throw deleteConflict('Cannot delete the default version of a policy.');
    }
    put(
      context,
      found,
      versions.filter(({ VersionId }) => VersionId !== input.VersionId),
    );
  },
});

function requireVersion(
  versions: readonly Version[],
  { PolicyArn, VersionId }: { readonly PolicyArn: string; readonly VersionId: string },
): Version {
  const found = versions.find((each) => each.VersionId === VersionId);
  if (found === undefined)
    throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`);
  return found;
}
