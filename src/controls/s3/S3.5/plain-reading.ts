import type { Policy, Statement } from '../../../policy/document/policy.js';
import type { Template } from '../../../policy/document/template.js';

/**
 * What a bucket policy says of plain HTTP where that can be read off its statements one by one: almost all policies have
 * AWS's own example of a refusal, or no Deny at all. O(statements), where a proof over all requests costs a thousand
 * times as much; over organizations with many buckets it was the dearest thing of a scan.
 *
 * @returns `refused`: one statement denies every request over plain HTTP. `nothing denied`: no statement denies anything.
 * `undefined`: only a proof can tell. Never anything else than the proof would answer.
 */
export function plainReading(policy: Policy, bucketArn: string): 'refused' | 'nothing denied' | undefined {
  const denies = policy.statements.filter(({ effect }) => effect === 'Deny');
  if (denies.length === 0) return 'nothing denied';
  return denies.some((statement) => refusesPlainHttp(statement, bucketArn)) ? 'refused' : undefined;
}

function refusesPlainHttp({ principal, action, resource, conditions }: Statement, bucketArn: string): boolean {
  if (principal?.negated !== false || !principal.patterns.some(({ kind }) => kind === 'everyone')) return false;
  if (action.negated || !action.patterns.some((pattern) => pattern === '*' || pattern === 's3:*')) return false;
  if (resource?.negated !== false) return false;
  const named = new Set(resource.patterns.map(plainText));
  if (!named.has('*') && !(named.has(bucketArn) && named.has(`${bucketArn}/*`))) return false;
  return conditions.every(
    ({ operatorName, key, values }) =>
      operatorName === 'Bool' && key === 'aws:securetransport' && values.some((value) => plainText(value) === 'false'),
  );
}

/** The text of a template that has neither variables nor escapes. */
function plainText(template: Template): string | undefined {
  const [part] = template;
  return template.length === 1 && part?.kind === 'text' ? part.text : undefined;
}
