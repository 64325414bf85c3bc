import type { Instance, InstanceMetadataOptionsRequest } from '@aws-sdk/client-ec2';
import type { Stored } from '../../../base/json.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { describe, type DescribeTable } from './describe.js';
import { dryRun } from './dry-run.js';
import { settingsOf } from './regional-settings.js';
import { givenTags } from './tags.js';

type Type = 'AWS::EC2::Instance';

const instancesTable: DescribeTable<Type> = {
  type: 'AWS::EC2::Instance',
  id: ({ InstanceId }) => InstanceId,
  notFound: ['InvalidInstanceID.NotFound', 'instance ID'],
  filters: {
    'instance-id': ({ InstanceId }) => [InstanceId],
    'instance-state-name': ({ State }) => [State?.Name],
    'instance-state-code': ({ State }) => [State?.Code],
    'instance-type': ({ InstanceType }) => [InstanceType],
    'image-id': ({ ImageId }) => [ImageId],
    'vpc-id': ({ VpcId }) => [VpcId],
    'subnet-id': ({ SubnetId }) => [SubnetId],
    'private-ip-address': ({ PrivateIpAddress }) => [PrivateIpAddress],
    'ip-address': ({ PublicIpAddress }) => [PublicIpAddress],
    'availability-zone': ({ Placement }) => [Placement?.AvailabilityZone],
    'metadata-options.http-tokens': ({ MetadataOptions }) => [MetadataOptions?.HttpTokens],
    'metadata-options.http-endpoint': ({ MetadataOptions }) => [MetadataOptions?.HttpEndpoint],
    'group-id': ({ SecurityGroups }) => (SecurityGroups ?? []).map(({ GroupId }) => GroupId),
    'instance.group-id': ({ SecurityGroups }) => (SecurityGroups ?? []).map(({ GroupId }) => GroupId),
    'iam-instance-profile.arn': ({ IamInstanceProfile }) => [IamInstanceProfile?.Arn],
  },
};

/** State names and their codes. Source: EC2 API reference, InstanceState. */
const STATE_CODE = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 } as const;
type StateName = keyof typeof STATE_CODE;

function instance(context: Context, id: string | undefined): Resource<Type> {
  const arn = context.arn(`instance/${id ?? ''}`);
  context.authorize(arn);
  const found = context.table('AWS::EC2::Instance').get(arn);
  if (found === undefined) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  return found;
}

/** Moves instances to a state at once: the twin does not model the time it takes. */
function move(context: Context, ids: readonly string[], allowed: readonly StateName[], to: StateName) {
  const found = ids.map((id) => instance(context, id));
  for (const { configuration } of found) {
    const state = configuration.State?.Name as StateName | undefined;
    if (state !== undefined && state !== to && !allowed.includes(state)) {
      const message = `The instance '${configuration.InstanceId}' is not in a state from which it can be ${to}.`;
      throw new AwsError('IncorrectInstanceState', message);
    }
  }
  return found.map(({ arn, configuration }) => {
    const PreviousState = configuration.State;
    const CurrentState = { Code: STATE_CODE[to], Name: to };
    context.table('AWS::EC2::Instance').edit(arn, (edited) => {
      edited.State = CurrentState;
    });
    return { InstanceId: configuration.InstanceId, CurrentState, PreviousState };
  });
}

export const instances = handlers('ec2', {
  DescribeInstances(input, context) {
    const { items, next } = describe(instancesTable, input, input.InstanceIds, context);
    const Reservations = items.map((item) => ({
      ReservationId: `r-${item.InstanceId?.slice(2)}`,
      OwnerId: context.accountId,
      Groups: [],
      Instances: [item],
    }));
    return { Reservations, ...(next === undefined ? {} : { NextToken: next }) };
  },
  RunInstances(input, context) {
    context.authorize(context.arn('instance/*'));
    dryRun(input);
    const made = Array.from({ length: input.MaxCount }, () => launch(context, input));
    for (const item of made) context.table('AWS::EC2::Instance').put(context.arn(`instance/${item.InstanceId}`), item);
    return { ReservationId: context.id('r-'), OwnerId: context.accountId, Groups: [], Instances: made };
  },
  StartInstances: (input, context) => ({ StartingInstances: move(context, input.InstanceIds, ['stopped'], 'running') }),
  StopInstances: (input, context) => ({ StoppingInstances: move(context, input.InstanceIds, ['running'], 'stopped') }),
  TerminateInstances(input, context) {
    const ended = move(context, input.InstanceIds, ['running', 'stopped', 'pending', 'stopping'], 'terminated');
    for (const { InstanceId } of ended) {
      const interfaces = context.table('AWS::EC2::NetworkInterface');
      for (const each of interfaces.all()) {
        if (each.configuration.Attachment?.InstanceId === InstanceId) interfaces.remove(each.arn);
      }
    }
    return { TerminatingInstances: ended };
  },
  ModifyInstanceMetadataOptions(input, context) {
    const found = instance(context, input.InstanceId);
    dryRun(input);
    const { InstanceId, DryRun: _, ...asked } = input;
    const { configuration } = context.table('AWS::EC2::Instance').edit(found.arn, (edited) => {
      edited.MetadataOptions = { ...edited.MetadataOptions, ...defined(asked), State: 'applied' };
    });
    return { InstanceId, InstanceMetadataOptions: { ...configuration.MetadataOptions, State: 'pending' as const } };
  },
  ModifyInstanceAttribute(input, context) {
    const found = instance(context, input.InstanceId);
    dryRun(input);
    if (input.Groups === undefined) {
      throw new AwsError('UnsupportedOperation', 'The twin models ModifyInstanceAttribute for Groups only.');
    }
    const groups = input.Groups.map((id) => {
      const group = context.table('AWS::EC2::SecurityGroup').get(context.arn(`security-group/${id}`));
      if (group === undefined) throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
      return { GroupId: id, GroupName: group.configuration.GroupName };
    });
    context.table('AWS::EC2::Instance').edit(found.arn, (edited) => {
      edited.SecurityGroups = groups;
    });
    const interfaces = context.table('AWS::EC2::NetworkInterface');
    for (const each of interfaces.all()) {
      if (each.configuration.Attachment?.InstanceId !== input.InstanceId) continue;
      interfaces.edit(each.arn, (edited) => {
        edited.Groups = groups;
      });
    }
  },
});

/** The members that have a value. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

interface Launch {
  readonly ImageId?: string | undefined;
  readonly InstanceType?: Stored<Instance>['InstanceType'];
  readonly SubnetId?: string | undefined;
  readonly SecurityGroupIds?: readonly string[] | undefined;
  readonly MetadataOptions?: InstanceMetadataOptionsRequest | undefined;
  readonly TagSpecifications?: Parameters<typeof givenTags>[0];
}

function launch(context: Context, input: Launch): Stored<Instance> {
  const subnets = context.table('AWS::EC2::Subnet');
  const subnet =
    input.SubnetId === undefined
      ? subnets.find(({ DefaultForAz }) => DefaultForAz === true)
      : subnets.get(context.arn(`subnet/${input.SubnetId}`));
  if (subnet === undefined) {
    throw input.SubnetId === undefined
      ? new AwsError('MissingInput', 'No subnets found for the default VPC. Please specify a subnet.')
      : new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${input.SubnetId}' does not exist`);
  }
  const { VpcId, SubnetId, AvailabilityZone } = subnet.configuration;
  const groups = context.table('AWS::EC2::SecurityGroup');
  const chosen = input.SecurityGroupIds?.map((id) => groups.get(context.arn(`security-group/${id}`))) ?? [
    groups.find((each) => each.VpcId === VpcId && each.GroupName === 'default'),
  ];
  const SecurityGroups = chosen.map((each, index) => {
    if (each === undefined) {
      throw new AwsError(
        'InvalidGroup.NotFound',
        `The security group '${input.SecurityGroupIds?.[index] ?? 'default'}' does not exist`,
      );
    }
    return { GroupId: each.configuration.GroupId, GroupName: each.configuration.GroupName };
  });
  const InstanceId = context.id('i-');
  return {
    InstanceId,
    ImageId: input.ImageId,
    InstanceType: input.InstanceType ?? 't3.micro',
    LaunchTime: context.now.toISOString(),
    State: { Code: STATE_CODE.running, Name: 'running' },
    VpcId,
    SubnetId,
    Placement: { AvailabilityZone, Tenancy: 'default' },
    SecurityGroups,
    MetadataOptions: metadataOptions(context, input.MetadataOptions),
    Tags: givenTags(input.TagSpecifications, 'instance'),
  };
}

/** What the launch asks for, else the account's defaults, else EC2's: v1 and v2, one hop. */
function metadataOptions(
  context: Context,
  asked: InstanceMetadataOptionsRequest | undefined,
): Stored<Instance>['MetadataOptions'] {
  const defaults = settingsOf(context).configuration.InstanceMetadataDefaults ?? {};
  return {
    State: 'applied',
    HttpTokens: asked?.HttpTokens ?? defaults.HttpTokens ?? 'optional',
    HttpPutResponseHopLimit: asked?.HttpPutResponseHopLimit ?? defaults.HttpPutResponseHopLimit ?? 1,
    HttpEndpoint: asked?.HttpEndpoint ?? defaults.HttpEndpoint ?? 'enabled',
    HttpProtocolIpv6: asked?.HttpProtocolIpv6 ?? 'disabled',
    InstanceMetadataTags: asked?.InstanceMetadataTags ?? defaults.InstanceMetadataTags ?? 'disabled',
  };
}
