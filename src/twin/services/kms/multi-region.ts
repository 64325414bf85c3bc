import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { partitionOf } from '../../../reference/partitions.js';
import { edit, keyFor, type Configuration, type KeyResource } from './key.js';
import { tagFacts } from './key-facts.js';
import { nextRotation } from './material.js';
import { metadata } from './metadata.js';
import { checkedPolicy, requireKeyStaysManageable } from './policies.js';
import { relatedKeys, settle } from './settle.js';
import { checkedTags } from './tags.js';

/** Keys that several regions share. */
export const multiRegion = handlers('kms', {
  ReplicateKey(input, context) {
    const found = keyFor(context, input.KeyId, { facts: { 'kms:ReplicaRegion': input.ReplicaRegion } });
    requirePrimary(found);
    const { ReplicaRegion: region } = input;
    if (region === found.region || partitionOf(region) !== context.partition) {
      throw new AwsError('ValidationException', `The replica Region ${region} is not valid for ${found.arn}.`);
    }
    const Arn = context.arn(`key/${found.configuration.KeyId}`, { region });
    const { BypassPolicyLockoutSafetyCheck: bypass = false } = input;
    const facts = { 'kms:BypassPolicyLockoutSafetyCheck': bypass, ...tagFacts(input.Tags) };
    context.authorize(Arn, { action: 'kms:CreateKey', context: facts });
    const table = context.table('AWS::KMS::Key', { region });
    if (settle(context, table.get(Arn)) !== undefined) {
      throw new AwsError('AlreadyExistsException', `${Arn} already exists.`);
    }
    const Policy = checkedPolicy(context, input.Policy);
    if (input.Policy !== undefined && !bypass) {
      const configuration = { ...found.configuration, Policy };
      requireKeyStaysManageable(context, { ...found, arn: Arn, region, configuration });
    }
    const external = found.configuration.Origin === 'EXTERNAL';
    const replica = table.put(Arn, {
      ...shared(found.configuration),
      Arn,
      CreationDate: context.now.toISOString(),
      Description: input.Description ?? '',
      KeyState: external ? 'PendingImport' : 'Enabled',
      Enabled: !external,
      ...(found.configuration.Rotations === undefined
        ? {}
        : { Rotations: replicated(found.configuration.Rotations, Arn, external) }),
      // Where it was not read, it was counted from the primary's age, which the replica has not.
      ...(found.configuration.KeyRotationEnabled === true
        ? { NextRotationDate: new Date(nextRotation(context, found.configuration)).toISOString() }
        : {}),
      Policy,
      Tags: checkedTags([], input.Tags ?? []),
    });
    const set = found.configuration.MultiRegionConfiguration;
    const replicas = [...(set?.ReplicaKeys ?? []), { Arn, Region: region }];
    for (const each of [found, ...relatedKeys(context, found), replica]) {
      context.table('AWS::KMS::Key', each).edit(each.arn, (edited) => {
        edited.MultiRegionConfiguration = {
          MultiRegionKeyType: each.arn === found.arn ? 'PRIMARY' : 'REPLICA',
          PrimaryKey: { Arn: found.arn, Region: found.region },
          ReplicaKeys: replicas,
        };
      });
    }
    const made = table.get(Arn) ?? replica;
    return {
      ReplicaKeyMetadata: { ...metadata(context, made), KeyState: 'Creating' as const, Enabled: false },
      ReplicaPolicy: made.configuration.Policy ?? '',
      ReplicaTags: made.configuration.Tags ?? [],
    };
  },
  UpdatePrimaryRegion(input, context) {
    const found = keyFor(context, input.KeyId, { facts: { 'kms:PrimaryRegion': input.PrimaryRegion } });
    requirePrimary(found);
    const next = relatedKeys(context, found).find(({ region }) => region === input.PrimaryRegion);
    if (next === undefined) {
      const message = `${found.arn} has no replica key in ${input.PrimaryRegion}.`;
      throw new AwsError('NotFoundException', message);
    }
    context.authorize(next.arn);
    const state = next.configuration.KeyState;
    if (state !== 'Enabled' && state !== 'Updating') {
      throw new AwsError('KMSInvalidStateException', `${next.arn} is not enabled.`);
    }
    const all = [found, ...relatedKeys(context, found)];
    const ReplicaKeys = all
      .filter(({ arn }) => arn !== next.arn)
      .map(({ arn, region }) => ({ Arn: arn, Region: region }));
    for (const each of all) {
      edit(context, each, (edited) => {
        edited.MultiRegionConfiguration = {
          MultiRegionKeyType: each.arn === next.arn ? 'PRIMARY' : 'REPLICA',
          PrimaryKey: { Arn: next.arn, Region: next.region },
          ReplicaKeys,
        };
      });
    }
  },
});

function requirePrimary(found: KeyResource): void {
  const { MultiRegion, MultiRegionConfiguration } = found.configuration;
  if (MultiRegion === true && MultiRegionConfiguration?.MultiRegionKeyType !== 'REPLICA') return;
  const what = MultiRegion === true ? 'a multi-Region replica key' : 'not a multi-Region key';
  throw new AwsError(
    'UnsupportedOperationException',
    `${found.arn} is ${what}, which is not valid for this operation.`,
  );
}

/** What a replica takes from its primary: everything but what is each key's own. */
function shared(configuration: Configuration): Configuration {
  const {
    Policy: _policy,
    Tags: _tags,
    Grants: _grants,
    DeletionDate: _deletion,
    PendingDeletionWindowInDays: _window,
    Rotations: _rotations,
    ExpirationModel: _model,
    ValidTo: _validTo,
    ...rest
  } = structuredClone(configuration);
  return rest;
}

function replicated(
  rotations: NonNullable<Configuration['Rotations']>,
  Arn: string,
  external: boolean,
): NonNullable<Configuration['Rotations']> {
  return rotations.map(({ ExpirationModel: _model, ValidTo: _validTo, ...each }) => ({
    ...each,
    KeyId: Arn,
    ...(external ? { ImportState: 'PENDING_IMPORT' as const } : {}),
  }));
}
