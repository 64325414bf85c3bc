import type { Tag } from '@aws-sdk/client-kms';
import type { Estate } from '../../../estate/estate.js';
import type { Fork } from '../../../estate/fork.js';
import type { Arn } from '../../../base/arn.js';
import type { Context } from '../../context.js';
import type { KeyResource } from './key.js';

/** Condition keys of a request. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * What a key and the way it was named say to a policy, for every operation.
 *
 * Source: KMS developer guide, "AWS KMS condition keys"; "ABAC for AWS KMS". `kms:ViaService` is missing on purpose: nobody
 * calls the twin's KMS but its own callers. The keys about a Nitro enclave are missing because `Recipient` is refused.
 *
 * @param asked the id that the caller gave, and its parts if it is an ARN.
 * @param given the keys that the request itself gives.
 */
export function keyFacts(
  context: Context,
  found: KeyResource,
  asked: { id: string; arn: Arn | undefined },
  given: Facts = {},
): Facts {
  const { KeySpec, KeyUsage, Origin, MultiRegion = false, MultiRegionConfiguration, Tags = [] } = found.configuration;
  const name = asked.arn?.resource ?? asked.id;
  const facts: Record<string, unknown> = {
    'kms:CallerAccount': context.accountId,
    'kms:KeySpec': KeySpec,
    'kms:KeyUsage': KeyUsage,
    'kms:KeyOrigin': Origin,
    'kms:MultiRegion': MultiRegion,
    // Their names until 2021; policies that use them still work.
    'kms:CustomerMasterKeySpec': KeySpec,
    'kms:CustomerMasterKeyUsage': KeyUsage,
  };
  const aliases = aliasesOf(context.estate).get(placed(found, found.configuration.KeyId));
  if (aliases !== undefined) facts['kms:ResourceAliases'] = aliases;
  if (name.startsWith('alias/')) facts['kms:RequestAlias'] = name;
  if (MultiRegion) facts['kms:MultiRegionKeyType'] = MultiRegionConfiguration?.MultiRegionKeyType ?? 'PRIMARY';
  for (const { TagKey, TagValue } of Tags) facts[`aws:ResourceTag/${TagKey}`] = TagValue;
  return Object.assign(facts, given);
}

/** Condition keys of the tags that a request brings. */
export function tagFacts(tags: readonly Pick<Tag, 'TagKey' | 'TagValue'>[] = []): Facts {
  if (tags.length === 0) return {};
  return {
    'aws:TagKeys': tags.map(({ TagKey }) => TagKey),
    ...Object.fromEntries(tags.map(({ TagKey, TagValue }) => [`aws:RequestTag/${TagKey}`, TagValue])),
  };
}

type Aliases = ReadonlyMap<string, readonly string[]>;

/** The aliases of every key, gathered again when an alias was edited: they are asked for at every call. */
const gathered = new WeakMap<Estate, { readonly edits: number; readonly aliases: Aliases }>();

function aliasesOf(fork: Fork): Aliases {
  // Forks that edit none have those of the base, which never change.
  const estate = fork.hasEdited(['AWS::KMS::Alias']) ? fork : fork.base;
  const edits = fork.editsOf(['AWS::KMS::Alias']);
  const known = gathered.get(estate);
  if (known?.edits === edits) return known.aliases;
  const aliases = new Map<string, string[]>();
  for (const alias of estate.list('AWS::KMS::Alias')) {
    const { AliasName, TargetKeyId } = alias.configuration;
    if (AliasName === undefined || TargetKeyId === undefined) continue;
    const place = placed(alias, TargetKeyId);
    aliases.set(place, [...(aliases.get(place) ?? []), AliasName]);
  }
  gathered.set(estate, { edits, aliases });
  return aliases;
}

const placed = ({ accountId, region }: { accountId: string; region: string }, keyId: string | undefined) =>
  `${accountId}/${region}/${keyId}`;
