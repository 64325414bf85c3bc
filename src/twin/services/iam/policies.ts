import { handlers } from '../../implement.js';
import { alreadyExists, deleteConflict, encodeDocument, marked, noSuchEntity } from './not-found.js';

/** Customer managed policies. Their versions: `policy-versions.ts`. */
export const policies = handlers('iam', {
  ListPolicies(input, context) {
    context.authorize(context.arn('policy/*'));
    const { Scope = 'All' } = input;
    const local = Scope === 'AWS' ? [] : context.table('AWS::IAM::ManagedPolicy').all();
    // Of AWS's own the estate holds those that are attached.
    const ofAws = Scope === 'Local' ? [] : context.table('Hikeshi::IAM::AwsManagedPolicy').all();
    const all = [
      ...local.map(({ configuration: { PolicyVersionList: _, ...policy } }) => policy),
      ...ofAws.map(({ configuration: { Document: _, ...policy } }) => policy),
    ];
    const page = context.page(all, input.Marker, input.MaxItems);
    return { Policies: page.items, ...marked(page) };
  },
  GetPolicy(input, context) {
    context.authorize(input.PolicyArn);
    const found = context.table('AWS::IAM::ManagedPolicy').get(input.PolicyArn)?.configuration;
    const ofAws = context.table('Hikeshi::IAM::AwsManagedPolicy').get(input.PolicyArn)?.configuration;
    if (found === undefined && ofAws === undefined) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    const { PolicyVersionList: _, ...policy } = found ?? {};
    const { Document: __, ...described } = ofAws ?? {};
    return { Policy: found === undefined ? described : policy };
  },
  GetPolicyVersion(input, context) {
    context.authorize(input.PolicyArn);
    const found = context.table('AWS::IAM::ManagedPolicy').get(input.PolicyArn);
    const ofAws = context.table('Hikeshi::IAM::AwsManagedPolicy').get(input.PolicyArn)?.configuration;
    const listed = found?.configuration.PolicyVersionList?.find(({ VersionId }) => VersionId === input.VersionId);
    const isOfAws = ofAws?.Document !== undefined && ofAws.DefaultVersionId === input.VersionId;
    const own = isOfAws
      ? { Document: ofAws.Document, VersionId: ofAws.DefaultVersionId, IsDefaultVersion: true }
      : undefined;
    const version = listed ?? own;
    if (version === undefined)
      throw noSuchEntity(`Policy ${input.PolicyArn} version ${input.VersionId} does not exist or is not attachable.`);
    return { PolicyVersion: version };
  },
  CreatePolicy(input, context) {
    const Path = input.Path ?? '/';
    const Arn = context.arn(`policy${Path}${input.PolicyName}`);
    context.authorize(Arn);
    const table = context.table('AWS::IAM::ManagedPolicy');
    if (table.get(Arn) !== undefined)
      throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`);
    const CreateDate = context.now.toISOString();
    const policy = {
      PolicyName: input.PolicyName,
      PolicyId: context.id('ANPA', 17).toUpperCase(),
      Arn,
      Path,
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate,
      UpdateDate: CreateDate,
    };
    const Document = encodeDocument(input.PolicyDocument);
    table.put(Arn, {
      ...policy,
      PolicyVersionList: [{ Document, VersionId: 'v1', IsDefaultVersion: true, CreateDate }],
    });
    return { Policy: policy };
  },
  DeletePolicy(input, context) {
    context.authorize(input.PolicyArn);
    const table = context.table('AWS::IAM::ManagedPolicy');
    if (table.get(input.PolicyArn) === undefined) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    const uses = (list: readonly { PolicyArn?: string | undefined }[] | undefined) =>
      (list ?? []).some(({ PolicyArn }) => PolicyArn === input.PolicyArn);
    const attached =
      context.table('AWS::IAM::Role').find(({ AttachedManagedPolicies }) => uses(AttachedManagedPolicies)) ??
      context.table('AWS::IAM::User').find(({ AttachedManagedPolicies }) => uses(AttachedManagedPolicies)) ??
      context.table('AWS::IAM::Group').find(({ AttachedManagedPolicies }) => uses(AttachedManagedPolicies));
    if (attached !== undefined) throw deleteConflict('Cannot delete a policy attached to entities.');
    table.remove(input.PolicyArn);
  },
});
