import { parsePolicy } from '../../../policy/document/parse-policy.js';
import { isPublicPolicy as isPublic } from '../../../policy/questions/public-access.js';

/**
 * Whether S3 calls a bucket policy public: proved by the policy engine.
 *
 * Source: S3 user guide, "The meaning of public".
 * @param document the policy as text. One that cannot be read counts as public.
 */
export function isPublicPolicy(document: string): boolean {
  const parsed = parsePolicy(document, 'resource', 'bucket policy');
  return !parsed.ok || isPublic(parsed.policy);
}
