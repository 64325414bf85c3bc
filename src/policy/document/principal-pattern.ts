/**
 * One entry of a Principal element. There are no partial wildcards: an entry is everyone, or one identity.
 *
 * Source: IAM user guide, "AWS JSON policy elements: Principal".
 */
export type PrincipalPattern =
  | { readonly kind: 'everyone' }
  /** An account, as `arn:aws:iam::111122223333:root` or by its number: everyone the account itself lets. */
  | { readonly kind: 'account'; readonly accountId: string }
  /** A user, a role (and every session of it), or a federated user, by ARN. */
  | { readonly kind: 'identity'; readonly arn: string }
  /** One session of a role. Its ARN carries the role's name without its path. */
  | {
      readonly kind: 'session';
      readonly arn: string;
      readonly accountId: string;
      readonly roleName: string;
      readonly sessionName: string;
    }
  /** The id that AWS writes in place of a deleted identity's ARN (`AIDA…`, `AROA…`). Nobody matches it any more. */
  | { readonly kind: 'uniqueId'; readonly id: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'canonicalUser'; readonly id: string };

const ACCOUNT = /^\d{12}$/;
const ROOT = /^arn:[^:]+:iam::(\d{12}):root$/;
const SESSION = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/;
const IDENTITY = /^arn:[^:]+:(?:iam::\d{12}:(?:user|role)|sts::\d{12}:(?:federated-user|self))(?:\/[^*?]*)?$/;
const UNIQUE_ID = /^A[A-Z0-9]{3}[A-Z0-9]{12,124}$/;

/** Reads one entry of `"AWS": …`. Answers `undefined` for what is no principal (a partial wildcard, a group…). */
export function awsPrincipal(text: string): PrincipalPattern | undefined {
  if (text === '*') return { kind: 'everyone' };
  if (ACCOUNT.test(text)) return { kind: 'account', accountId: text };
  const root = ROOT.exec(text);
  if (root?.[1] !== undefined) return { kind: 'account', accountId: root[1] };
  const session = SESSION.exec(text);
  if (session !== null && !/[*?]/.test(text)) {
    const [, accountId = '', roleName = '', sessionName = ''] = session;
    return { kind: 'session', arn: text, accountId, roleName, sessionName };
  }
  if (IDENTITY.test(text)) return { kind: 'identity', arn: text };
  return UNIQUE_ID.test(text) ? { kind: 'uniqueId', id: text } : undefined;
}

/** The entry as it is written in a policy. */
export function principalText(pattern: PrincipalPattern): string {
  switch (pattern.kind) {
    case 'everyone':
      return '*';
    case 'account':
      return pattern.accountId;
    case 'identity':
    case 'session':
      return pattern.arn;
    case 'uniqueId':
    case 'canonicalUser':
      return pattern.id;
    case 'service':
      return pattern.name;
    case 'federated':
      return pattern.provider;
  }
}
