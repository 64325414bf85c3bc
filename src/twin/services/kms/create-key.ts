import type { CreateKeyRequest, KeyUsageType } from '@aws-sdk/client-kms';
import { algorithmsOf, isKeySpec, usagesOf, type KeySpec } from '../../../keys/key-spec.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import type { Configuration } from './key.js';
import { materialId } from './material.js';
import { metadata } from './metadata.js';
import { checkedPolicy, requireKeyStaysManageable } from './policies.js';
import { tagFacts } from './key-facts.js';
import { checkedTags } from './tags.js';

/** Making a key. */
export const createKey = handlers('kms', {
  CreateKey(input, context) {
    const spec = specOf(input);
    const usage = usageOf(input, spec);
    const { BypassPolicyLockoutSafetyCheck: bypass = false } = input;
    context.authorize('*', {
      context: {
        'kms:KeySpec': spec,
        'kms:KeyUsage': usage,
        'kms:KeyOrigin': input.Origin ?? 'AWS_KMS',
        'kms:MultiRegion': input.MultiRegion ?? false,
        'kms:CallerAccount': context.accountId,
        'kms:BypassPolicyLockoutSafetyCheck': bypass,
        ...(input.MultiRegion === true ? { 'kms:MultiRegionKeyType': 'PRIMARY' } : {}),
        ...tagFacts(input.Tags),
      },
    });
    checkOrigin(input);
    requireRoom(context);
    const KeyId = input.MultiRegion === true ? `mrk-${context.uuid().replaceAll('-', '')}` : context.uuid();
    const Arn = context.arn(`key/${KeyId}`);
    const external = input.Origin === 'EXTERNAL';
    const made: Configuration = {
      AWSAccountId: context.accountId,
      KeyId,
      Arn,
      CreationDate: context.now.toISOString(),
      Enabled: !external,
      Description: input.Description ?? '',
      KeyUsage: usage,
      KeyState: external ? 'PendingImport' : 'Enabled',
      Origin: input.Origin ?? 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      // The deprecated twin of KeySpec; its enumeration lacks the newest specs, and AWS answers them all the same.
      CustomerMasterKeySpec: spec as 'SYMMETRIC_DEFAULT',
      KeySpec: spec,
      ...algorithmMembers(spec, usage),
      MultiRegion: input.MultiRegion ?? false,
      ...(input.MultiRegion === true ? { MultiRegionConfiguration: alone(Arn, context.region) } : {}),
      ...(spec === 'SYMMETRIC_DEFAULT' && !external
        ? { CurrentKeyMaterialId: materialId(KeyId, 0), KeyRotationEnabled: false }
        : {}),
      Policy: checkedPolicy(context, input.Policy),
      Tags: checkedTags([], input.Tags ?? []),
    };
    const { accountId, region } = context;
    if (input.Policy !== undefined && !bypass) {
      requireKeyStaysManageable(context, { arn: Arn, type: 'AWS::KMS::Key', accountId, region, configuration: made });
    }
    return { KeyMetadata: metadata(context, context.table('AWS::KMS::Key').put(Arn, made)) };
  },
});

/** Keys that KMS manages by itself do not count. Source: KMS developer guide, "Resource quotas". */
const KEYS_MAX = 100_000;

/** @throws AwsError LimitExceededException where the account has as many keys in the region as KMS lets it have. */
function requireRoom(context: Context): void {
  const own = context.table('AWS::KMS::Key').all();
  if (own.length < KEYS_MAX || own.filter(({ configuration }) => configuration.KeyManager !== 'AWS').length < KEYS_MAX)
    return;
  const message = `The account ${context.accountId} has ${KEYS_MAX} KMS keys in ${context.region}, which is the limit.`;
  throw new AwsError('LimitExceededException', message);
}

const alone = (Arn: string, Region: string) => ({
  MultiRegionKeyType: 'PRIMARY' as const,
  PrimaryKey: { Arn, Region },
  ReplicaKeys: [],
});

function specOf({ KeySpec, CustomerMasterKeySpec }: CreateKeyRequest): KeySpec {
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined && KeySpec !== CustomerMasterKeySpec) {
    const message =
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.';
    throw new AwsError('ValidationException', message);
  }
  const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (isKeySpec(spec)) return spec;
  throw new AwsError('UnsupportedOperationException', `KeySpec ${spec} is not supported in this Region.`);
}

function usageOf({ KeyUsage }: CreateKeyRequest, spec: KeySpec): KeyUsageType {
  if (KeyUsage === undefined) {
    if (spec === 'SYMMETRIC_DEFAULT') return 'ENCRYPT_DECRYPT';
    const message = 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.';
    throw new AwsError('ValidationException', message);
  }
  if ((usagesOf(spec) as readonly string[]).includes(KeyUsage)) return KeyUsage;
  throw new AwsError('ValidationException', `KeyUsage ${KeyUsage} is not compatible with KeySpec ${spec}`);
}

function checkOrigin({ Origin, CustomKeyStoreId }: CreateKeyRequest): void {
  if (CustomKeyStoreId !== undefined) {
    throw new AwsError('CustomKeyStoreNotFoundException', `The custom key store ${CustomKeyStoreId} does not exist.`);
  }
  if (Origin === 'AWS_CLOUDHSM' || Origin === 'EXTERNAL_KEY_STORE') {
    throw new AwsError('ValidationException', `You must specify a CustomKeyStoreId when the Origin is ${Origin}.`);
  }
}

/** What DescribeKey and GetPublicKey say a key can do: one member, named for its usage. */
export function algorithmMembers(spec: KeySpec, usage: KeyUsageType): Partial<Configuration> {
  const names = [...algorithmsOf(spec, usage)];
  switch (usage) {
    case 'ENCRYPT_DECRYPT':
      return { EncryptionAlgorithms: names as NonNullable<Configuration['EncryptionAlgorithms']> };
    case 'SIGN_VERIFY':
      return { SigningAlgorithms: names as NonNullable<Configuration['SigningAlgorithms']> };
    case 'GENERATE_VERIFY_MAC':
      return { MacAlgorithms: names as NonNullable<Configuration['MacAlgorithms']> };
    case 'KEY_AGREEMENT':
      return { KeyAgreementAlgorithms: names as NonNullable<Configuration['KeyAgreementAlgorithms']> };
    case 'ENCAPSULATE_DECAPSULATE':
      return { EncapsulationAlgorithms: names as NonNullable<Configuration['EncapsulationAlgorithms']> };
  }
}
