import type { Tag } from '@aws-sdk/client-kms';
import type { Stored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { edit, keyFor } from './key.js';
import { tagFacts } from './key-facts.js';
import { truncated } from './metadata.js';

type StoredTag = Stored<Tag>;

const TAGS_MAX = 50;

/** Tags of keys. */
export const tags = handlers('kms', {
  ListResourceTags(input, context) {
    const found = keyFor(context, input.KeyId);
    const { items, next } = context.page(found.configuration.Tags ?? [], input.Marker, input.Limit, 50);
    return { Tags: items, ...truncated(next) };
  },
  TagResource(input, context) {
    const found = keyFor(context, input.KeyId, { facts: tagFacts(input.Tags) });
    const all = checkedTags(found.configuration.Tags ?? [], input.Tags);
    edit(context, found, (edited) => {
      edited.Tags = all;
    });
  },
  UntagResource(input, context) {
    const found = keyFor(context, input.KeyId, { facts: { 'aws:TagKeys': input.TagKeys } });
    edit(context, found, (edited) => {
      edited.Tags = (edited.Tags ?? []).filter(({ TagKey }) => !input.TagKeys.includes(TagKey ?? ''));
    });
  },
});

/**
 * The tags a key has after some are added.
 *
 * @throws AwsError TagException with KMS's texts.
 */
export function checkedTags(had: readonly StoredTag[], added: readonly Tag[]): StoredTag[] {
  const names = added.map(({ TagKey = '' }) => TagKey);
  if (new Set(names).size < names.length) throw new AwsError('TagException', 'Duplicate tag keys');
  if (names.some((name) => name.startsWith('aws:'))) {
    throw new AwsError('TagException', 'Tags beginning with aws: are reserved');
  }
  const kept = had.filter(({ TagKey = '' }) => !names.includes(TagKey));
  const all = [...kept, ...added.map(({ TagKey, TagValue }) => ({ TagKey, TagValue }))];
  if (all.length > TAGS_MAX) throw new AwsError('TagException', 'Too many tags');
  return all;
}
