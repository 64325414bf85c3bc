import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { isJsonObject } from '../../policy-text.js';
import { describe, type DescribeTable } from './describe.js';
import { dryRun } from './dry-run.js';
import { givenTags } from './tags.js';

const endpointsTable: DescribeTable<'AWS::EC2::VPCEndpoint'> = {
  type: 'AWS::EC2::VPCEndpoint',
  id: ({ VpcEndpointId }) => VpcEndpointId,
  notFound: ['InvalidVpcEndpointId.NotFound', 'Vpc Endpoint Id'],
  filters: {
    'vpc-endpoint-id': ({ VpcEndpointId }) => [VpcEndpointId],
    'vpc-id': ({ VpcId }) => [VpcId],
    'service-name': ({ ServiceName }) => [ServiceName],
    'vpc-endpoint-state': ({ State }) => [State],
    'vpc-endpoint-type': ({ VpcEndpointType }) => [VpcEndpointType],
  },
};

/** The policy an endpoint has when none is given. Source: PrivateLink guide, "Default endpoint policy". */
const FULL_ACCESS =
  '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';

const unknown = (id: string) =>
  new AwsError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);

const arnOf = (context: Context, id: string) => context.arn(`vpc-endpoint/${id}`);

/** @throws AwsError InvalidParameter for a policy that is not JSON. */
function requirePolicy(document: string): void {
  if (!isJsonObject(document)) throw new AwsError('InvalidParameter', 'Policy document is not valid JSON');
}

/** A list with what is to be added and without what is to be removed. */
function changed(
  now: readonly string[] | undefined,
  add: readonly string[] | undefined,
  remove: readonly string[] | undefined,
): string[] {
  return [...new Set([...(now ?? []), ...(add ?? [])])].filter((id) => remove?.includes(id) !== true);
}

export const vpcEndpoints = handlers('ec2', {
  DescribeVpcEndpoints(input, context) {
    const { items, next } = describe(endpointsTable, input, input.VpcEndpointIds, context);
    return { VpcEndpoints: items, ...(next === undefined ? {} : { NextToken: next }) };
  },
  CreateVpcEndpoint(input, context) {
    context.authorize(arnOf(context, '*'));
    dryRun(input);
    if (context.table('AWS::EC2::VPC').get(context.arn(`vpc/${input.VpcId}`)) === undefined) {
      throw new AwsError('InvalidVpcId.NotFound', `The Vpc Id '${input.VpcId}' does not exist`);
    }
    if (input.PolicyDocument !== undefined) requirePolicy(input.PolicyDocument);
    const VpcEndpointId = context.id('vpce-');
    const VpcEndpoint = context.table('AWS::EC2::VPCEndpoint').put(arnOf(context, VpcEndpointId), {
      VpcEndpointId,
      VpcEndpointType: input.VpcEndpointType ?? 'Gateway',
      VpcId: input.VpcId,
      ServiceName: input.ServiceName ?? '',
      State: 'available' as 'Available',
      PolicyDocument: input.PolicyDocument ?? FULL_ACCESS,
      RouteTableIds: [...(input.RouteTableIds ?? [])],
      SubnetIds: [...(input.SubnetIds ?? [])],
      Groups: (input.SecurityGroupIds ?? []).map((GroupId) => ({ GroupId })),
      PrivateDnsEnabled: input.PrivateDnsEnabled ?? false,
      CreationTimestamp: context.now.toISOString(),
      OwnerId: context.accountId,
      Tags: givenTags(input.TagSpecifications, 'vpc-endpoint'),
    }).configuration;
    return { VpcEndpoint };
  },
  ModifyVpcEndpoint(input, context) {
    const arn = arnOf(context, input.VpcEndpointId);
    context.authorize(arn);
    dryRun(input);
    const table = context.table('AWS::EC2::VPCEndpoint');
    if (table.get(arn) === undefined) throw unknown(input.VpcEndpointId);
    if (input.PolicyDocument !== undefined) requirePolicy(input.PolicyDocument);
    table.edit(arn, (edited) => {
      if (input.ResetPolicy === true) edited.PolicyDocument = FULL_ACCESS;
      if (input.PolicyDocument !== undefined) edited.PolicyDocument = input.PolicyDocument;
      if (input.PrivateDnsEnabled !== undefined) edited.PrivateDnsEnabled = input.PrivateDnsEnabled;
      edited.RouteTableIds = changed(edited.RouteTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds);
      edited.SubnetIds = changed(edited.SubnetIds, input.AddSubnetIds, input.RemoveSubnetIds);
      const groups = (edited.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
      edited.Groups = changed(groups, input.AddSecurityGroupIds, input.RemoveSecurityGroupIds).map((GroupId) => ({
        GroupId,
      }));
    });
    return { Return: true };
  },
  DeleteVpcEndpoints(input, context) {
    dryRun(input);
    const table = context.table('AWS::EC2::VPCEndpoint');
    const Unsuccessful = [];
    for (const ResourceId of input.VpcEndpointIds) {
      const arn = arnOf(context, ResourceId);
      context.authorize(arn);
      if (table.get(arn) !== undefined) table.remove(arn);
      else {
        const { code: Code, message: Message } = unknown(ResourceId);
        Unsuccessful.push({ ResourceId, Error: { Code, Message } });
      }
    }
    return { Unsuccessful };
  },
});
