/** What is read of a bucket policy's statement. */
interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Condition keys that narrow a statement to known callers when their values are fixed. */
const NARROWING = new Set([
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'aws:calledvia',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

/**
 * Whether S3 calls a bucket policy public.
 *
 * AWS's rule (S3 user guide, "The meaning of public"): S3 assumes public, and a policy is not public only if every
 * Allow grants access only to fixed values, without wildcards, of a principal or of certain condition keys; an
 * `aws:SourceIp` counts when it is narrower than /8.
 *
 * @param document the policy as text. One that cannot be read counts as public.
 */
export function isPublicPolicy(document: string): boolean {
  try {
    const { Statement: given } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    const statements = [given ?? []].flat();
    return statements.some((statement) => statement.Effect === 'Allow' && isOpen(statement) && !isNarrowed(statement));
  } catch {
    return true;
  }
}

function isOpen({ Principal, NotPrincipal }: Statement): boolean {
  if (NotPrincipal !== undefined) return true;
  if (Principal === '*') return true;
  if (Principal === null || typeof Principal !== 'object') return false;
  const { AWS } = Principal as { AWS?: unknown };
  return [AWS ?? []].flat().some((principal) => principal === '*');
}

function isNarrowed({ Condition }: Statement): boolean {
  return Object.entries(Condition ?? {}).some(([operator, keys]) => {
    if (!/^(String|Arn)(Equals|Like)$|^IpAddress$|^StringEqualsIgnoreCase$/.test(operator)) return false;
    return Object.entries(keys).some(([key, value]) => {
      const values = [value].flat().map(String);
      if (values.length === 0) return false;
      if (key.toLowerCase() === 'aws:sourceip') return operator === 'IpAddress' && values.every(isNarrowRange);
      return NARROWING.has(key.toLowerCase()) && values.every((text) => isFixed(key, text));
    });
  });
}

/** An ARN may have wildcards after its account; nothing else may. */
function isFixed(key: string, value: string): boolean {
  if (!/arn$/i.test(key)) return !/[*?]/.test(value);
  const account = value.split(':')[4] ?? '';
  return /^\d{12}$/.test(account) || !/[*?]/.test(value);
}

function isNarrowRange(range: string): boolean {
  const length = Number(range.split('/')[1] ?? (range.includes(':') ? 128 : 32));
  return range.includes(':') ? length >= 32 : length >= 8;
}
