import type { Caller } from '../../caller.js';

/** What is read of a trust policy's statement. */
interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | { readonly AWS?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Whether a role's trust policy names the caller: its ARN, its role, its account, or everybody; and, where the
 * policy asks for an external id, whether the caller gave it. Conditions other than `sts:ExternalId` are refused
 * (answered with no): they are for the policy engine.
 *
 * @param document URL-encoded or plain JSON. One that is neither trusts nobody.
 */
export function trusts(document: string | undefined, caller: Caller, externalId: string | undefined): boolean {
  const statements = parse(document);
  const hits = (effect: string) =>
    statements.some(
      (statement) =>
        statement.Effect === effect &&
        isAssume(statement) &&
        names(statement, caller) &&
        fulfils(statement, externalId),
    );
  return hits('Allow') && !hits('Deny');
}

function parse(document: string | undefined): Statement[] {
  try {
    const text = document?.trimStart().startsWith('{') === true ? document : decodeURIComponent(document ?? '');
    const { Statement: statements } = JSON.parse(text) as { Statement?: Statement | Statement[] };
    return [statements ?? []].flat();
  } catch {
    return [];
  }
}

function isAssume({ Action = [] }: Statement): boolean {
  return [Action].flat().some((action) => ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase()));
}

function names({ Principal }: Statement, caller: Caller): boolean {
  const principals = typeof Principal === 'string' ? [Principal] : [Principal?.AWS ?? []].flat();
  return principals.some(
    (principal) =>
      principal === '*' ||
      principal === caller.accountId ||
      principal === caller.arn ||
      principal === caller.roleArn ||
      new RegExp(`^arn:[^:]+:iam::${caller.accountId}:root$`).test(principal),
  );
}

function fulfils({ Condition }: Statement, externalId: string | undefined): boolean {
  return Object.entries(Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(
      ([key, values]) =>
        operator === 'StringEquals' && key.toLowerCase() === 'sts:externalid' && [values].flat().includes(externalId),
    ),
  );
}
