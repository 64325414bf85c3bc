import type { Resource } from '../../estate/estate.js';
import type { Reason } from '../control.js';
import { asText } from '../shape.js';
import type { Surroundings } from '../surroundings.js';
import { unclear } from '../weigh.js';

/** The bucket a trail delivers to, whoever owns it; or why it cannot be looked at. */
export function logBucketOf(
  trail: Resource<'AWS::CloudTrail::Trail'>,
  surroundings: Surroundings,
): { readonly bucket: Resource<'AWS::S3::Bucket'> } | { readonly unknown: Reason } {
  const name = asText(trail.configuration.S3BucketName);
  if (name === undefined) return { unknown: unclear('S3BucketName', trail.configuration.S3BucketName) };
  const bucket = surroundings.elsewhere('AWS::S3::Bucket', `arn:${surroundings.partition}:s3:::${name}`);
  if (bucket !== undefined) return { bucket };
  const why =
    surroundings.unread('AWS::S3::Bucket') ?? 'it is gone, or belongs to an account or region that was not read';
  return { unknown: { text: `the bucket \`${name}\` was not read: ${why}`, path: 'S3BucketName' } };
}
