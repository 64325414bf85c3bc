import { createHash } from 'node:crypto';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';

/** A resource-based policy as Lambda writes it: made of permissions that were added one by one. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Id: string;
  readonly Statement: readonly ({ readonly Sid?: string } & Record<string, unknown>)[];
}

/** The document of a function or layer version; an empty one where there is none. */
export function documentOf(policy: string | null | undefined): PolicyDocument {
  return policy ? (JSON.parse(policy) as PolicyDocument) : { Version: '2012-10-17', Id: 'default', Statement: [] };
}

/** The principal of a statement: an account's number, an ARN, everyone, or a service. */
export function principalOf(context: Context, principal: string): unknown {
  if (principal === '*') return '*';
  if (principal.startsWith('arn:')) return { AWS: principal };
  if (!/^\d{12}$/.test(principal)) return { Service: principal };
  return { AWS: context.arn('root', { service: 'iam', region: '', accountId: principal }) };
}

/** @throws AwsError ResourceConflictException when the policy has a statement of that id. */
export function withStatement(
  document: PolicyDocument,
  id: string,
  statement: Record<string, unknown>,
): PolicyDocument {
  if (document.Statement.some(({ Sid }) => Sid === id)) {
    const message = `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
    throw new AwsError('ResourceConflictException', message, { status: 409 });
  }
  return { ...document, Statement: [...document.Statement, { Sid: id, ...statement }] };
}

/**
 * The policy without a statement; `null` without any.
 *
 * @throws AwsError ResourceNotFoundException when it has no such statement.
 */
export function withoutStatement(document: PolicyDocument, id: string): string | null {
  const kept = document.Statement.filter(({ Sid }) => Sid !== id);
  if (kept.length === document.Statement.length) {
    const message = `Statement ${id} is not found in resource policy.`;
    throw new AwsError('ResourceNotFoundException', message, { status: 404 });
  }
  return kept.length === 0 ? null : JSON.stringify({ ...document, Statement: kept });
}

/** A revision is made of the policy alone, so that the same policy has the same. */
export function revisionOf(policy: string | null | undefined): string {
  const hex = createHash('sha256')
    .update(policy ?? '')
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** @throws AwsError PreconditionFailedException when the policy is not at the revision that the caller expects. */
export function requireRevision(policy: string | null | undefined, expected: string | undefined): void {
  if (expected === undefined || expected === revisionOf(policy)) return;
  const message =
    'The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId for your resource.';
  throw new AwsError('PreconditionFailedException', message, { status: 412 });
}
