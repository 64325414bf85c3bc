import type { LaunchPermission, ModifyImageAttributeRequest } from '@aws-sdk/client-ec2';
import type { Stored } from '../../../base/json.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { describe, type DescribeTable } from './describe.js';
import { dryRun } from './dry-run.js';
import { givenTags, iamArn } from './tags.js';

type ImageResource = Resource<'AWS::EC2::Image'>;

const imagesTable: DescribeTable<'AWS::EC2::Image'> = {
  type: 'AWS::EC2::Image',
  id: ({ ImageId }) => ImageId,
  notFound: ['InvalidAMIID.NotFound', 'image id'],
  filters: {
    'image-id': ({ ImageId }) => [ImageId],
    name: ({ Name }) => [Name],
    state: ({ State }) => [State],
    'owner-id': ({ OwnerId }) => [OwnerId],
    'is-public': ({ Public }) => [Public],
    architecture: ({ Architecture }) => [Architecture],
  },
};

const images = (context: Context) => context.table('AWS::EC2::Image');

/** Finds an image by id, asks the authorizer, or throws InvalidAMIID.NotFound. */
function image(context: Context, id: string): ImageResource {
  const arn = context.arn(`image/${id}`);
  context.authorize(iamArn(context, 'image', id));
  const found = images(context).get(arn);
  if (found === undefined) throw new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  return found;
}

/** The twin knows who may launch an image, and none of its other attributes. */
function requireLaunchPermission(operation: string, attribute: string | undefined): void {
  if (attribute === undefined || attribute === 'launchPermission') return;
  throw new AwsError('UnsupportedOperation', `The twin models ${operation} for launchPermission only.`);
}

const same = (a: Stored<LaunchPermission>, b: Stored<LaunchPermission>) =>
  a.Group === b.Group &&
  a.UserId === b.UserId &&
  a.OrganizationArn === b.OrganizationArn &&
  a.OrganizationalUnitArn === b.OrganizationalUnitArn;

/** What a change adds and removes: told as a structure, or, as old clients do, as lists with an operation. */
function asked(input: ModifyImageAttributeRequest): {
  readonly add: readonly LaunchPermission[];
  readonly remove: readonly LaunchPermission[];
} {
  if (input.LaunchPermission !== undefined) {
    return { add: input.LaunchPermission.Add ?? [], remove: input.LaunchPermission.Remove ?? [] };
  }
  const named: LaunchPermission[] = [
    ...(input.UserGroups ?? []).map((Group) => ({ Group: Group as 'all' })),
    ...(input.UserIds ?? []).map((UserId) => ({ UserId })),
    ...(input.OrganizationArns ?? []).map((OrganizationArn) => ({ OrganizationArn })),
    ...(input.OrganizationalUnitArns ?? []).map((OrganizationalUnitArn) => ({ OrganizationalUnitArn })),
  ];
  return input.OperationType === 'remove' ? { add: [], remove: named } : { add: named, remove: [] };
}

/** Keeps an image's permissions, and the `Public` that says the same in short. */
function permit(context: Context, arn: string, LaunchPermissions: Stored<LaunchPermission>[]): void {
  images(context).edit(arn, (edited) => {
    edited.LaunchPermissions = LaunchPermissions;
    edited.Public = LaunchPermissions.some(({ Group }) => Group === 'all');
  });
}

/** @throws AwsError InvalidAMIName.Duplicate: an account's images have different names. */
function put(context: Context, made: ImageResource['configuration']): { ImageId: string } {
  if (images(context).find(({ Name }) => Name === made.Name) !== undefined) {
    throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${made.Name} is already in use by another AMI`);
  }
  const ImageId = context.id('ami-');
  images(context).put(context.arn(`image/${ImageId}`), {
    ImageId,
    ImageLocation: `${context.accountId}/${made.Name}`,
    ImageType: 'machine',
    Public: false,
    OwnerId: context.accountId,
    State: 'available',
    CreationDate: context.now.toISOString(),
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    ...made,
    LaunchPermissions: [],
  });
  return { ImageId };
}

const described = (text: string | undefined) => (text === undefined ? {} : { Description: text });

/** The account's own machine images, and who may launch them. */
export const machineImages = handlers('ec2', {
  DescribeImages(input, context) {
    const everything = { ...imagesTable, max: Number.MAX_SAFE_INTEGER };
    const { items } = describe(everything, { Filters: input.Filters, DryRun: input.DryRun }, input.ImageIds, context);
    const { Owners = [], ExecutableUsers = [] } = input;
    const wanted = items.filter(
      ({ LaunchPermissions = [] }) =>
        (Owners.length === 0 || Owners.includes('self') || Owners.includes(context.accountId)) &&
        (ExecutableUsers.length === 0 ||
          LaunchPermissions.some(({ Group = '', UserId = '' }) =>
            ExecutableUsers.some((user) => user === Group || user === UserId),
          )),
    );
    const page = context.page(wanted, input.NextToken, input.MaxResults, 1000);
    const Images = page.items.map(({ LaunchPermissions: _, ...own }) => own);
    return { Images, ...(page.next === undefined ? {} : { NextToken: page.next }) };
  },
  DescribeImageAttribute(input, context) {
    const { configuration } = image(context, input.ImageId);
    dryRun(input);
    requireLaunchPermission('DescribeImageAttribute', input.Attribute);
    return { ImageId: input.ImageId, LaunchPermissions: configuration.LaunchPermissions ?? [] };
  },
  ModifyImageAttribute(input, context) {
    const { arn, configuration } = image(context, input.ImageId);
    dryRun(input);
    const { Description } = input;
    if (Description?.Value !== undefined) {
      images(context).edit(arn, (edited) => {
        edited.Description = Description.Value;
      });
      return;
    }
    requireLaunchPermission('ModifyImageAttribute', input.Attribute);
    const { add, remove } = asked(input);
    const kept = (configuration.LaunchPermissions ?? []).filter(
      (each) => ![...add, ...remove].some((other) => same(each, other)),
    );
    permit(context, arn, [...kept, ...add]);
  },
  ResetImageAttribute(input, context) {
    const { arn } = image(context, input.ImageId);
    dryRun(input);
    permit(context, arn, []);
  },
  CreateImage(input, context) {
    context.authorize(iamArn(context, 'image', '*'));
    dryRun(input);
    const instance = context.table('AWS::EC2::Instance').get(context.arn(`instance/${input.InstanceId}`));
    if (instance === undefined) {
      throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${input.InstanceId}' does not exist`);
    }
    const { Architecture } = instance.configuration;
    return put(context, {
      Name: input.Name,
      ...described(input.Description),
      ...(Architecture === undefined ? {} : { Architecture }),
      SourceInstanceId: input.InstanceId,
      Tags: givenTags(input.TagSpecifications, 'image'),
    });
  },
  RegisterImage(input, context) {
    context.authorize(iamArn(context, 'image', '*'));
    dryRun(input);
    return put(context, {
      Name: input.Name,
      ...described(input.Description),
      Architecture: input.Architecture ?? 'i386',
      ...(input.RootDeviceName === undefined ? {} : { RootDeviceName: input.RootDeviceName }),
      BlockDeviceMappings: [...(input.BlockDeviceMappings ?? [])],
      Tags: givenTags(input.TagSpecifications, 'image'),
    });
  },
  DeregisterImage(input, context) {
    const { arn } = image(context, input.ImageId);
    dryRun(input);
    images(context).remove(arn);
    return { Return: true };
  },
});
