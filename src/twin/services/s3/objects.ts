import { createHash } from 'node:crypto';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import type { Fork } from '../../../estate/fork.js';
import { handlers } from '../../implement.js';
import { bucket } from './bucket.js';

interface StoredObject {
  readonly body: Uint8Array;
  readonly type: string;
  readonly metadata: Record<string, string>;
  readonly at: Date;
  readonly etag: string;
}

/** Objects live beside the estate, in memory, as long as its fork: an estate describes buckets, not what is in them. */
const contents = new WeakMap<Fork, Map<string, Map<string, StoredObject>>>();

export function objectsOf(context: Context, arn: string): Map<string, StoredObject> {
  const all = contents.get(context.estate) ?? new Map<string, Map<string, StoredObject>>();
  contents.set(context.estate, all);
  const own = all.get(arn) ?? new Map<string, StoredObject>();
  all.set(arn, own);
  return own;
}

function object(context: Context, name: string, key: string, head: boolean): StoredObject {
  const found = objectsOf(context, bucket(context, name, `/${key}`).arn).get(key);
  if (found !== undefined) return found;
  throw head
    ? new AwsError('NotFound', 'Not Found', { status: 404 })
    : new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, members: { Key: key } });
}

const shown = ({ body, type, etag, at, metadata }: StoredObject) => ({
  ContentLength: body.length,
  ContentType: type,
  ETag: etag,
  LastModified: at,
  Metadata: metadata,
});

export const objects = handlers('s3', {
  PutObject(input, context) {
    const found = bucket(context, input.Bucket, `/${input.Key}`);
    const body = (input.Body as unknown as Uint8Array | undefined) ?? new Uint8Array();
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const type = input.ContentType ?? 'application/octet-stream';
    objectsOf(context, found.arn).set(input.Key, { body, type, metadata: input.Metadata ?? {}, at: context.now, etag });
    return { ETag: etag };
  },
  GetObject(input, context) {
    const found = object(context, input.Bucket, input.Key, false);
    return { ...shown(found), Body: found.body as never };
  },
  HeadObject: (input, context) => shown(object(context, input.Bucket, input.Key, true)),
  DeleteObject(input, context) {
    objectsOf(context, bucket(context, input.Bucket, `/${input.Key}`).arn).delete(input.Key);
    return {};
  },
  ListObjectsV2(input, context) {
    const all = [...objectsOf(context, bucket(context, input.Bucket).arn)]
      .filter(([key]) => key.startsWith(input.Prefix ?? ''))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const { items, next } = context.page(all, input.ContinuationToken, input.MaxKeys, 1000);
    return {
      Name: input.Bucket,
      Prefix: input.Prefix ?? '',
      KeyCount: items.length,
      MaxKeys: input.MaxKeys ?? 1000,
      IsTruncated: next !== undefined,
      Contents: items.map(([Key, { body, etag, at }]) => ({
        Key,
        Size: body.length,
        ETag: etag,
        LastModified: at,
        StorageClass: 'STANDARD' as const,
      })),
      ...(next === undefined ? {} : { NextContinuationToken: next }),
    };
  },
});
