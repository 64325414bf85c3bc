import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { describe, type DescribeTable } from './describe.js';
import { dryRun } from './dry-run.js';
import { settingsOf } from './regional-settings.js';
import { givenTags, iamArn } from './tags.js';

const volumes: DescribeTable<'AWS::EC2::Volume'> = {
  type: 'AWS::EC2::Volume',
  id: ({ VolumeId }) => VolumeId,
  notFound: ['InvalidVolume.NotFound', 'volume'],
  filters: {
    'volume-id': ({ VolumeId }) => [VolumeId],
    encrypted: ({ Encrypted }) => [Encrypted],
    status: ({ State }) => [State],
    'availability-zone': ({ AvailabilityZone }) => [AvailabilityZone],
    'attachment.instance-id': ({ Attachments }) => (Attachments ?? []).map(({ InstanceId }) => InstanceId),
    'snapshot-id': ({ SnapshotId }) => [SnapshotId],
  },
};

const snapshots: DescribeTable<'AWS::EC2::Snapshot'> = {
  type: 'AWS::EC2::Snapshot',
  id: ({ SnapshotId }) => SnapshotId,
  notFound: ['InvalidSnapshot.NotFound', 'snapshot'],
  filters: {
    'snapshot-id': ({ SnapshotId }) => [SnapshotId],
    'volume-id': ({ VolumeId }) => [VolumeId],
    encrypted: ({ Encrypted }) => [Encrypted],
    status: ({ State }) => [State],
    'owner-id': ({ OwnerId }) => [OwnerId],
  },
};

const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });

export const storage = handlers('ec2', {
  DescribeVolumes(input, context) {
    const { items, next } = describe(volumes, input, input.VolumeIds, context);
    return { Volumes: items, ...more(next) };
  },
  CreateVolume(input, context) {
    context.authorize(context.arn('volume/*'));
    dryRun(input);
    const VolumeId = context.id('vol-');
    const { EbsEncryptionByDefault, EbsDefaultKmsKeyId } = settingsOf(context).configuration;
    const Encrypted = input.Encrypted ?? EbsEncryptionByDefault ?? false;
    const KmsKeyId = input.KmsKeyId ?? EbsDefaultKmsKeyId;
    const { configuration } = context.table('AWS::EC2::Volume').put(context.arn(`volume/${VolumeId}`), {
      VolumeId,
      AvailabilityZone: input.AvailabilityZone,
      Size: input.Size ?? 8,
      SnapshotId: input.SnapshotId ?? '',
      VolumeType: input.VolumeType ?? 'gp3',
      State: 'available',
      CreateTime: context.now.toISOString(),
      Attachments: [],
      Encrypted,
      ...(Encrypted && KmsKeyId !== undefined ? { KmsKeyId } : {}),
      MultiAttachEnabled: false,
      Tags: givenTags(input.TagSpecifications, 'volume'),
    });
    return configuration;
  },
  DeleteVolume(input, context) {
    const arn = context.arn(`volume/${input.VolumeId}`);
    context.authorize(arn);
    dryRun(input);
    const found = context.table('AWS::EC2::Volume').get(arn);
    if (found === undefined)
      throw new AwsError('InvalidVolume.NotFound', `The volume '${input.VolumeId}' does not exist.`);
    if ((found.configuration.Attachments ?? []).length > 0) {
      throw new AwsError('VolumeInUse', `Volume ${input.VolumeId} is currently attached`);
    }
    context.table('AWS::EC2::Volume').remove(arn);
  },
  DescribeSnapshots(input, context) {
    const own = (owners: readonly string[] | undefined) =>
      owners === undefined || owners.includes('self') || owners.includes(context.accountId);
    const { items } = describe(
      { ...snapshots, max: Number.MAX_SAFE_INTEGER },
      { Filters: input.Filters },
      input.SnapshotIds,
      context,
    );
    const isPublic = (item: (typeof items)[number]) =>
      (item.CreateVolumePermissions ?? []).some(({ Group }) => Group === 'all');
    const wanted = items.filter(
      (item) => own(input.OwnerIds) && (input.RestorableByUserIds?.includes('all') === true ? isPublic(item) : true),
    );
    const page = context.page(wanted, input.NextToken, input.MaxResults, 1000);
    return { Snapshots: page.items, ...more(page.next) };
  },
  DescribeSnapshotAttribute(input, context) {
    const arn = context.arn(`snapshot/${input.SnapshotId}`);
    context.authorize(iamArn(context, 'snapshot', input.SnapshotId));
    const found = context.table('AWS::EC2::Snapshot').get(arn);
    if (found === undefined)
      throw new AwsError('InvalidSnapshot.NotFound', `The snapshot '${input.SnapshotId}' does not exist.`);
    return { SnapshotId: input.SnapshotId, CreateVolumePermissions: found.configuration.CreateVolumePermissions ?? [] };
  },
  ModifySnapshotAttribute(input, context) {
    const arn = context.arn(`snapshot/${input.SnapshotId}`);
    context.authorize(iamArn(context, 'snapshot', input.SnapshotId));
    dryRun(input);
    if (context.table('AWS::EC2::Snapshot').get(arn) === undefined) {
      throw new AwsError('InvalidSnapshot.NotFound', `The snapshot '${input.SnapshotId}' does not exist.`);
    }
    const asked = input.CreateVolumePermission ?? {
      [input.OperationType === 'add' ? 'Add' : 'Remove']: [
        ...(input.GroupNames ?? []).map((Group) => ({ Group: Group as 'all' })),
        ...(input.UserIds ?? []).map((UserId) => ({ UserId })),
      ],
    };
    const same = (a: { Group?: string | undefined; UserId?: string | undefined }, b: typeof a) =>
      a.Group === b.Group && a.UserId === b.UserId;
    context.table('AWS::EC2::Snapshot').edit(arn, (edited) => {
      const kept = (edited.CreateVolumePermissions ?? []).filter(
        (each) => ![...(asked.Remove ?? []), ...(asked.Add ?? [])].some((other) => same(each, other)),
      );
      edited.CreateVolumePermissions = [...kept, ...(asked.Add ?? [])];
    });
  },
});
