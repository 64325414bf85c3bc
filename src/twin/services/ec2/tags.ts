import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Stored } from '../../../base/json.js';
import type { ResourceTypes, TypeName } from '../../../estate/resource-types.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { dryRun } from './dry-run.js';

/** The tags of anything that may have some. */
export function tagsOf(configuration: object): readonly Stored<Tag>[] {
  const tags = (configuration as { Tags?: unknown }).Tags;
  return Array.isArray(tags) ? (tags as Stored<Tag>[]) : [];
}

/** The tags that a create call gives to one kind of resource. */
export function givenTags(
  specifications: readonly TagSpecification[] | undefined,
  kind: TagSpecification['ResourceType'],
): Stored<Tag>[] {
  return (specifications ?? []).filter(({ ResourceType }) => ResourceType === kind).flatMap(({ Tags }) => Tags ?? []);
}

/** Which type an id belongs to, by its prefix, and its kind in ARNs and in DescribeTags. */
const kinds: readonly { readonly prefix: string; readonly type: TypeName; readonly kind: string }[] = [
  { prefix: 'i-', type: 'AWS::EC2::Instance', kind: 'instance' },
  { prefix: 'ami-', type: 'AWS::EC2::Image', kind: 'image' },
  { prefix: 'vol-', type: 'AWS::EC2::Volume', kind: 'volume' },
  { prefix: 'snap-', type: 'AWS::EC2::Snapshot', kind: 'snapshot' },
  { prefix: 'sg-', type: 'AWS::EC2::SecurityGroup', kind: 'security-group' },
  { prefix: 'vpc-', type: 'AWS::EC2::VPC', kind: 'vpc' },
  { prefix: 'subnet-', type: 'AWS::EC2::Subnet', kind: 'subnet' },
  { prefix: 'acl-', type: 'AWS::EC2::NetworkAcl', kind: 'network-acl' },
  { prefix: 'rtb-', type: 'AWS::EC2::RouteTable', kind: 'route-table' },
  { prefix: 'igw-', type: 'AWS::EC2::InternetGateway', kind: 'internet-gateway' },
  { prefix: 'nat-', type: 'AWS::EC2::NatGateway', kind: 'natgateway' },
  { prefix: 'eni-', type: 'AWS::EC2::NetworkInterface', kind: 'network-interface' },
  { prefix: 'vpce-', type: 'AWS::EC2::VPCEndpoint', kind: 'vpc-endpoint' },
  { prefix: 'fl-', type: 'AWS::EC2::FlowLog', kind: 'vpc-flow-log' },
];

/** The type and ARN of an id. */
export function ec2Arn(
  context: Context,
  id: string,
): { readonly type: TypeName; readonly arn: string; readonly kind: string } {
  const found = kinds.find(({ prefix }) => id.startsWith(prefix));
  if (found === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  return { ...found, arn: context.arn(`${found.kind}/${id}`) };
}

function retag(context: Context, id: string, change: (tags: Stored<Tag>[]) => Stored<Tag>[]): void {
  const { type, arn, kind } = ec2Arn(context, id);
  context.authorize(iamArn(context, kind, id));
  const table = context.table(type);
  if (table.get(arn) === undefined) throw new AwsError('InvalidID', `The ID '${id}' does not exist (${kind})`);
  table.edit(arn, (configuration) => {
    (configuration as { Tags?: Stored<Tag>[] }).Tags = change([...tagsOf(configuration)]);
  });
}

/** The kinds whose ARNs in IAM have no account: what is shared with everyone is named without its owner. */
const OWNERLESS = new Set(['image', 'snapshot']);

/** The ARN that policies name a thing by. Source: Service Authorization Reference, "Resource types defined by Amazon EC2". */
export function iamArn(context: Context, kind: string, id: string): string {
  return context.arn(`${kind}/${id}`, OWNERLESS.has(kind) ? { accountId: '' } : {});
}

/** CreateTags, DeleteTags and DescribeTags over every kind the twin has. */
export const tags = handlers('ec2', {
  CreateTags(input, context) {
    dryRun(input);
    for (const id of input.Resources) {
      retag(context, id, (tags) => [
        ...tags.filter(({ Key }) => !input.Tags.some((tag) => tag.Key === Key)),
        ...input.Tags,
      ]);
    }
  },
  DeleteTags(input, context) {
    dryRun(input);
    for (const id of input.Resources) {
      const gone = (tag: Stored<Tag>) =>
        (input.Tags ?? []).length === 0 ||
        (input.Tags ?? []).some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value));
      retag(context, id, (tags) => tags.filter((tag) => !gone(tag)));
    }
  },
  DescribeTags(input, context) {
    context.authorize('*');
    const all = kinds.flatMap(({ type, kind }) =>
      context
        .table(type)
        .all()
        .flatMap(({ arn, configuration }) => {
          const id = arn.slice(arn.lastIndexOf('/') + 1);
          return tagsOf(configuration as ResourceTypes[TypeName]).map(({ Key, Value }) => ({
            ResourceId: id,
            ResourceType: kind as 'instance',
            Key,
            Value,
          }));
        }),
    );
    const values = {
      'resource-id': 'ResourceId',
      'resource-type': 'ResourceType',
      key: 'Key',
      value: 'Value',
    } as const;
    const matching = all.filter((tag) =>
      (input.Filters ?? []).every(({ Name = '', Values = [] }) => {
        const member = values[Name as keyof typeof values];
        if (member === undefined) throw new AwsError('InvalidParameterValue', `The filter '${Name}' is invalid`);
        return Values.includes(tag[member] ?? '');
      }),
    );
    const { items, next } = context.page(matching, input.NextToken, input.MaxResults, 1000);
    return { Tags: items, ...(next === undefined ? {} : { NextToken: next }) };
  },
});
