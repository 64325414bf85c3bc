import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { grants } from './grants.js';
import { key, requireRotatable, requireState, type KeyResource } from './key.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const ROTATION_DAYS = 365;

const edit = (context: Context, found: KeyResource, change: (key: KeyResource['configuration']) => void) =>
  context.table('AWS::KMS::Key', found).edit(found.arn, change);

const truncated = (next: string | undefined) =>
  next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next };

/** A key as DescribeKey shows it: without what other calls answer. */
function metadata({ configuration }: KeyResource) {
  const {
    KeyRotationEnabled: _r,
    RotationPeriodInDays: _p,
    Policy: _d,
    Tags: _t,
    Grants: _g,
    ...shown
  } = configuration;
  return shown;
}

function defaultPolicy(context: Context): string {
  const Principal = { AWS: context.arn('root', { service: 'iam', region: '' }) };
  const Statement = [
    { Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' },
  ];
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement });
}

const keys = handlers('kms', {
  ListKeys(input, context) {
    context.authorize();
    const { items, next } = context.page(context.table('AWS::KMS::Key').all(), input.Marker, input.Limit, 1000);
    return {
      Keys: items.map(({ arn, configuration }) => ({ KeyId: configuration.KeyId, KeyArn: arn })),
      ...truncated(next),
    };
  },
  DescribeKey: (input, context) => ({ KeyMetadata: metadata(key(context, input.KeyId)) as never }),
  CreateKey(input, context) {
    context.authorize();
    const KeyId = context.uuid();
    const Arn = context.arn(`key/${KeyId}`);
    const spec = input.KeySpec ?? 'SYMMETRIC_DEFAULT';
    if (spec !== 'SYMMETRIC_DEFAULT') {
      throw new AwsError(
        'UnsupportedOperationException',
        `The twin does not create keys of spec ${spec} yet; it models SYMMETRIC_DEFAULT.`,
      );
    }
    const made = context.table('AWS::KMS::Key').put(Arn, {
      AWSAccountId: context.accountId,
      KeyId,
      Arn,
      CreationDate: context.now.toISOString(),
      Enabled: true,
      Description: input.Description ?? '',
      KeyUsage: input.KeyUsage ?? 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Origin: input.Origin ?? 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: spec,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
      KeyRotationEnabled: false,
      Policy: input.Policy ?? defaultPolicy(context),
      Tags: input.Tags ?? [],
    });
    return { KeyMetadata: metadata(made) as never };
  },
  EnableKey(input, context) {
    const found = key(context, input.KeyId);
    requireState(found, 'Enabled', 'Disabled');
    edit(context, found, (edited) => {
      edited.KeyState = 'Enabled';
      edited.Enabled = true;
    });
  },
  DisableKey(input, context) {
    const found = key(context, input.KeyId);
    requireState(found, 'Enabled', 'Disabled');
    edit(context, found, (edited) => {
      edited.KeyState = 'Disabled';
      edited.Enabled = false;
    });
  },
  ScheduleKeyDeletion(input, context) {
    const found = key(context, input.KeyId);
    requireState(found, 'Enabled', 'Disabled');
    const PendingWindowInDays = input.PendingWindowInDays ?? 30;
    if (PendingWindowInDays < 7 || PendingWindowInDays > 30) {
      throw new AwsError(
        'ValidationException',
        `PendingWindowInDays must be between 7 and 30 and was ${PendingWindowInDays}`,
      );
    }
    const DeletionDate = new Date(context.now.getTime() + PendingWindowInDays * DAY_MS).toISOString();
    edit(context, found, (edited) => {
      edited.KeyState = 'PendingDeletion';
      edited.Enabled = false;
      edited.DeletionDate = DeletionDate;
    });
    return { KeyId: found.arn, DeletionDate, KeyState: 'PendingDeletion' as const, PendingWindowInDays };
  },
  CancelKeyDeletion(input, context) {
    const found = key(context, input.KeyId);
    requireState(found, 'PendingDeletion');
    edit(context, found, (edited) => {
      edited.KeyState = 'Disabled';
      delete edited.DeletionDate;
    });
    return { KeyId: found.arn };
  },
});

const rotation = handlers('kms', {
  GetKeyRotationStatus(input, context) {
    const found = key(context, input.KeyId);
    requireRotatable(found);
    requireState(found, 'Enabled', 'Disabled', 'PendingDeletion');
    const { KeyRotationEnabled = false, RotationPeriodInDays } = found.configuration;
    const on = KeyRotationEnabled && found.configuration.KeyState !== 'PendingDeletion';
    return {
      KeyId: found.arn,
      KeyRotationEnabled: on,
      ...(on ? { RotationPeriodInDays: RotationPeriodInDays ?? ROTATION_DAYS } : {}),
    };
  },
  EnableKeyRotation(input, context) {
    const found = key(context, input.KeyId);
    requireRotatable(found);
    requireState(found, 'Enabled');
    const days = input.RotationPeriodInDays ?? ROTATION_DAYS;
    if (days < 90 || days > 2560) {
      throw new AwsError('ValidationException', `RotationPeriodInDays must be between 90 and 2560 and was ${days}`);
    }
    edit(context, found, (edited) => {
      edited.KeyRotationEnabled = true;
      edited.RotationPeriodInDays = days;
    });
  },
  DisableKeyRotation(input, context) {
    const found = key(context, input.KeyId);
    requireRotatable(found);
    requireState(found, 'Enabled');
    edit(context, found, (edited) => {
      edited.KeyRotationEnabled = false;
      delete edited.RotationPeriodInDays;
    });
  },
});

const policiesAndTags = handlers('kms', {
  GetKeyPolicy: (input, context) => ({
    Policy: key(context, input.KeyId).configuration.Policy ?? defaultPolicy(context),
    PolicyName: 'default',
  }),
  PutKeyPolicy(input, context) {
    const found = key(context, input.KeyId);
    try {
      JSON.parse(input.Policy);
    } catch {
      throw new AwsError('MalformedPolicyDocumentException', 'The new key policy is not valid JSON.');
    }
    edit(context, found, (edited) => {
      edited.Policy = input.Policy;
    });
  },
  ListKeyPolicies(input, context) {
    key(context, input.KeyId);
    return { PolicyNames: ['default'], Truncated: false };
  },
  ListResourceTags(input, context) {
    const { items, next } = context.page(
      key(context, input.KeyId).configuration.Tags ?? [],
      input.Marker,
      input.Limit,
      50,
    );
    return { Tags: items as never, ...truncated(next) };
  },
  TagResource(input, context) {
    edit(context, key(context, input.KeyId), (edited) => {
      edited.Tags = [
        ...(edited.Tags ?? []).filter(({ TagKey }) => !input.Tags.some((tag) => tag.TagKey === TagKey)),
        ...input.Tags,
      ];
    });
  },
  UntagResource(input, context) {
    edit(context, key(context, input.KeyId), (edited) => {
      edited.Tags = (edited.Tags ?? []).filter(({ TagKey }) => !input.TagKeys.includes(TagKey ?? ''));
    });
  },
});

const aliases = handlers('kms', {
  ListAliases(input, context) {
    context.authorize();
    const all = context
      .table('AWS::KMS::Alias')
      .all()
      .map(({ configuration }) => configuration);
    const own =
      input.KeyId === undefined ? all : all.filter(({ TargetKeyId }) => TargetKeyId === input.KeyId?.split('/').at(-1));
    const { items, next } = context.page(own, input.Marker, input.Limit, 100);
    return { Aliases: items, ...truncated(next) };
  },
  CreateAlias(input, context) {
    const target = key(context, input.TargetKeyId);
    const arn = context.arn(input.AliasName);
    context.authorize(arn);
    if (input.AliasName.startsWith('alias/aws/'))
      throw new AwsError('NotAuthorizedException', 'The alias/aws/ prefix is reserved.');
    const table = context.table('AWS::KMS::Alias');
    if (table.get(arn) !== undefined)
      throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
    const CreationDate = context.now.toISOString();
    const TargetKeyId = target.configuration.KeyId;
    table.put(arn, {
      AliasName: input.AliasName,
      AliasArn: arn,
      TargetKeyId,
      CreationDate,
      LastUpdatedDate: CreationDate,
    });
  },
  DeleteAlias(input, context) {
    const arn = context.arn(input.AliasName);
    context.authorize(arn);
    const table = context.table('AWS::KMS::Alias');
    if (table.get(arn) === undefined) throw new AwsError('NotFoundException', `Alias ${arn} is not found.`);
    table.remove(arn);
  },
});

/** KMS on the twin. */
export const service = implement('kms', aliases, grants, keys, policiesAndTags, rotation);
