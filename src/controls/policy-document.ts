import { parsePolicy } from '../policy/document/parse-policy.js';
import type { Policy, Statement } from '../policy/document/policy.js';
import type { Resource } from '../estate/estate.js';
import type { Reason } from './control.js';
import { asList, asObject, asText } from './shape.js';
import { malformed, unclear } from './weigh.js';

/** So many documents are remembered; then the memory starts anew. Accounts repeat the same few policies. */
const REMEMBERED_MAX = 4096;

/** What a document means, or why that is not known. */
export type Reading<T> = { readonly meaning: T } | { readonly unknown: string };

/**
 * A judge of identity policies by their text (JSON, or JSON as IAM's API gives it: URL-encoded). The same text is judged
 * once: a verdict on a document alone cannot change.
 */
export function readingOf<T>(judge: (policy: Policy) => T): (text: string) => Reading<T> {
  const known = new Map<string, Reading<T>>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= REMEMBERED_MAX) known.clear();
    const parsed = parsePolicy(decoded(text), 'identity', 'policy');
    const reading = parsed.ok
      ? { meaning: judge(parsed.policy) }
      : { unknown: `is not a policy that can be read: ${parsed.problems[0]?.message ?? 'unknown problem'}` };
    known.set(text, reading);
    return reading;
  };
}

/** The document of a customer managed policy that is in force, and where it stands; or why it is not known. */
export function defaultVersion({
  configuration,
}: Resource<'AWS::IAM::ManagedPolicy'>):
  | { readonly path: string; readonly text: string }
  | { readonly unknown: Reason } {
  const versions: unknown = configuration.PolicyVersionList;
  const listed = asList(versions);
  if (listed === undefined) return { unknown: unclear('PolicyVersionList', versions) };
  const index = listed.findIndex((each) => {
    const version = asObject(each);
    return version?.['IsDefaultVersion'] === true || isNamed(version?.['VersionId'], configuration.DefaultVersionId);
  });
  if (index < 0) return { unknown: { text: 'the default version was not read', path: 'PolicyVersionList' } };
  const path = `PolicyVersionList[${index}].Document`;
  const document = asObject(listed[index])?.['Document'];
  const text = asText(document);
  return text === undefined ? { unknown: unclear(path, document) } : { path, text };
}

/**
 * Whether a managed policy is used as a permissions boundary and nothing else: it limits, and grants nothing. AWS's rules
 * leave out every policy that is a boundary (`excludePermissionBoundaryPolicy`); one that is attached as well grants.
 */
export function isOnlyBoundary({ configuration }: Resource<'AWS::IAM::ManagedPolicy'>): boolean {
  const { PermissionsBoundaryUsageCount, AttachmentCount } = configuration;
  return (PermissionsBoundaryUsageCount ?? 0) > 0 && AttachmentCount === 0;
}

/** Inline policies of an identity, by their texts; and what is not known of them. */
export function inlinePolicies(
  member: string,
  value: unknown,
): { readonly policies: readonly { path: string; name: string; text: string }[]; readonly unknown: readonly Reason[] } {
  const listed = asList(value);
  if (listed === undefined) return { policies: [], unknown: [unclear(member, value)] };
  const policies: { path: string; name: string; text: string }[] = [];
  const unknown: Reason[] = [];
  for (const [index, each] of listed.entries()) {
    const policy = asObject(each);
    const path = `${member}[${index}].PolicyDocument`;
    const text = asText(policy?.['PolicyDocument']);
    if (policy === undefined) unknown.push(malformed(`${member}[${index}]`, each));
    else if (text === undefined) unknown.push(unclear(path, policy['PolicyDocument']));
    else policies.push({ path, name: asText(policy['PolicyName']) ?? String(index), text });
  }
  return { policies, unknown };
}

/**
 * A policy as AWS's rules look at it, without conditions: what it allows it allows, whatever the condition; a deny that
 * depends on one takes nothing away for certain, and is left out.
 */
export function withoutConditions(policy: Policy): Policy {
  const statements = policy.statements.filter(
    ({ effect, conditions }) => effect === 'Allow' || conditions.length === 0,
  );
  return { ...policy, statements: statements.map((statement) => ({ ...statement, conditions: [] })) };
}

/** What a policy's allows say, as if it had no denies. */
export function allowsOf(policy: Policy): Policy {
  return { ...policy, statements: policy.statements.filter(({ effect }) => effect === 'Allow') };
}

/** How a reason calls statements: `statement Admin`, `statements 0 and 2`. */
export function statementsText(statements: readonly Statement[]): string {
  const names = statements.map(({ sid, index }) => sid ?? String(index));
  const last = names.pop() ?? '?';
  return names.length === 0 ? `statement ${last}` : `statements ${names.join(', ')} and ${last}`;
}

/** IAM's API gives documents percent-encoded (RFC 3986). */
function decoded(text: string): string {
  // A JSON document never starts with a percent sign.
  if (!text.startsWith('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isNamed(value: unknown, name: unknown): boolean {
  return asText(value) !== undefined && value === name;
}
