import type { Estate } from '../estate/estate.js';
import { parsePolicy } from '../policy/document/parse-policy.js';
import { publicGrants, type PublicGrants } from '../policy/questions/public-grants.js';
import { refuse } from './plan.js';
import type { Parameter, Refusal } from './playbook.js';
import { rawPolicy, type RawStatement } from './policy-document.js';

/** Who keeps what everyone had. */
export const keepParameter: Parameter = {
  name: 'keep',
  description:
    'who keeps what everyone had: `organization`, `account` (the owner’s), or `nobody`. The organization where there is one, else the account, unless told',
};

/** A policy that lets no stranger in any more. */
export interface NarrowedPolicy {
  /** The document; `undefined` when no statement is left. */
  readonly document: string | undefined;
  /** What was done, a phrase a statement. */
  readonly changes: readonly string[];
}

/**
 * A policy without what it gives strangers: each statement that does gets the condition that the caller is of the
 * organization or the account, or goes. All else stays as it was. The result is proven: in it no stranger is let in.
 *
 * @param text the document.
 * @param resources the ARNs, with wildcards, that it protects.
 */
export function narrowPolicy(
  text: string,
  resources: readonly string[],
  who: { readonly estate: Estate; readonly accountId: string; readonly keep: string | undefined },
): NarrowedPolicy | Refusal {
  const condition = conditionOf(who);
  if (condition !== undefined && 'refused' in condition) return condition;
  let document: string | undefined = text;
  const changes: string[] = [];
  // The first round narrows; what still lets strangers in is removed in the second.
  for (const narrowing of condition === undefined ? [undefined] : [condition, undefined]) {
    if (document === undefined) break;
    const found = grantsIn(document, resources);
    if ('refused' in found) return found;
    if (found.grants.length === 0) break;
    const places = new Set(found.grants.map(({ statement }) => statement.index));
    const raw = rawPolicy(document);
    if (raw === undefined) return refuse('the policy is not a policy document', 'mend it first');
    const statements = raw.statements.flatMap((statement, index) => {
      if (!places.has(index)) return [statement];
      const next = narrowing === undefined ? undefined : withCondition(statement, narrowing);
      const name = typeof statement['Sid'] === 'string' ? statement['Sid'] : `number ${index}`;
      changes.push(
        next === undefined ? `${name} removed` : `${name} only where ${narrowing?.key} is ${narrowing?.value}`,
      );
      return next === undefined ? [] : [next];
    });
    document = statements.length === 0 ? undefined : raw.withStatements(statements);
  }
  if (changes.length === 0) return refuse('the policy lets no stranger in', 'scan again');
  const left = document === undefined ? { grants: [] } : grantsIn(document, resources);
  if ('refused' in left) return left;
  if (left.grants.length > 0) return refuse('the narrowed policy would still let strangers in', 'change it by hand');
  return { document, changes };
}

interface Narrowing {
  readonly key: string;
  readonly value: string;
}

function conditionOf(who: Parameters<typeof narrowPolicy>[2]): Narrowing | Refusal | undefined {
  const { organizationId } = who.estate.header;
  switch (who.keep ?? (organizationId === undefined ? 'account' : 'organization')) {
    case 'organization':
      if (organizationId === undefined)
        return refuse('the estate belongs to no organization', 'keep the `account` or `nobody`');
      return { key: 'aws:PrincipalOrgID', value: organizationId };
    case 'account':
      return { key: 'aws:PrincipalAccount', value: who.accountId };
    case 'nobody':
      return undefined;
    default:
      return refuse(`\`${who.keep}\` is nobody to keep`, 'keep the `organization`, the `account` or `nobody`');
  }
}

function grantsIn(document: string, resources: readonly string[]): PublicGrants | Refusal {
  const parsed = parsePolicy(document, 'resource', 'the policy');
  if (!parsed.ok) return refuse(`the policy cannot be read: ${parsed.problems[0]?.message ?? ''}`, 'mend it first');
  const found = publicGrants(parsed.policy, { actions: [], resources });
  return found.undetermined === undefined
    ? found
    : refuse(`whether strangers are let in was not decided: ${found.undetermined}`, 'change the policy by hand');
}

/** The statement with one more condition; `undefined` when it has one on that key already, which does not help. */
function withCondition(statement: RawStatement, { key, value }: Narrowing): RawStatement | undefined {
  const known = (statement['Condition'] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const equals = known['StringEquals'] ?? {};
  if (Object.keys(equals).some((name) => name.toLowerCase() === key.toLowerCase())) return undefined;
  return { ...statement, Condition: { ...known, StringEquals: { ...equals, [key]: value } } };
}
