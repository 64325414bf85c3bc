import type { Tag } from '@aws-sdk/client-iam';
import type { Stored } from '../../../base/json.js';
import { invalidInput, limitExceeded } from './entity-errors.js';

const TAGS_MAX = 50;

const sameKey = (a: string | undefined, b: string | undefined) => a?.toLowerCase() === b?.toLowerCase();

/**
 * The tags of a new thing. Keys are told apart without regard to case.
 *
 * Source: IAM user guide, "Rules for tagging in IAM and AWS STS".
 * @throws AwsError InvalidInput for a key given twice or AWS's own prefix; LimitExceeded above 50.
 */
export function newTags(given: readonly Stored<Tag>[] | undefined): Stored<Tag>[] {
  return withTags([], given ?? []);
}

/** Tags after TagX: a key that is there takes the new value. */
export function withTags(had: readonly Stored<Tag>[] | undefined, given: readonly Stored<Tag>[]): Stored<Tag>[] {
  for (const [index, { Key }] of given.entries()) {
    if (Key?.toLowerCase().startsWith('aws:') === true) {
      throw invalidInput('Tag keys that begin with "aws:" are reserved for AWS internal use only.');
    }
    if (given.slice(0, index).some((other) => sameKey(other.Key, Key))) {
      throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    }
  }
  const others = (had ?? []).filter((tag) => !given.some(({ Key }) => sameKey(Key, tag.Key)));
  const all = [...others, ...given];
  if (all.length > TAGS_MAX) throw limitExceeded('The number of tags has reached the maximum limit.');
  return all;
}

/** Tags after UntagX: a key that is not there is no error. */
export function withoutTags(had: readonly Stored<Tag>[] | undefined, keys: readonly string[]): Stored<Tag>[] {
  return (had ?? []).filter((tag) => !keys.some((key) => sameKey(key, tag.Key)));
}
