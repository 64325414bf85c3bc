/** A grant of a KMS key, as ListGrants gives it. */
interface Grant {
  readonly GrantId?: string | undefined;
  readonly GranteePrincipal?: string | undefined;
  readonly Operations?: readonly string[] | undefined;
  readonly Constraints?:
    | {
        readonly EncryptionContextSubset?: Readonly<Record<string, string>> | undefined;
        readonly EncryptionContextEquals?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
}

/**
 * The grants of a key as a policy: each lets its grantee do its operations, within its constraints on the encryption
 * context. A grant to AWS itself for a resource of the account is not sharing, and stays out.
 *
 * Source: KMS developer guide, "Grants in AWS KMS".
 */
export function grantsDocument(arn: string, key: object): object | undefined {
  const grants = (key as { readonly Grants?: readonly Grant[] }).Grants ?? [];
  const Statement = grants.flatMap((grant) => {
    const grantee = grant.GranteePrincipal ?? '';
    const Principal = /^arn:|^\d{12}$/.test(grantee) ? { AWS: grantee } : { Service: grantee };
    if (grantee === '' || (grant.Operations ?? []).length === 0) return [];
    const Action = (grant.Operations ?? []).map((operation) => `kms:${operation}`);
    const Sid = `Grant${(grant.GrantId ?? '').slice(0, 12)}`;
    return [{ Sid, Effect: 'Allow', Principal, Action, Resource: arn, ...constraintsOf(grant) }];
  });
  return Statement.length === 0 ? undefined : { Version: '2012-10-17', Statement };
}

function constraintsOf({ Constraints }: Grant): object {
  const exact = Constraints?.EncryptionContextEquals;
  const pairs = Object.entries(exact ?? Constraints?.EncryptionContextSubset ?? {});
  if (pairs.length === 0) return {};
  const StringEquals = Object.fromEntries(pairs.map(([key, value]) => [`kms:EncryptionContext:${key}`, value]));
  const only = { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': pairs.map(([key]) => key) } };
  return { Condition: { StringEquals, ...(exact === undefined ? {} : only) } };
}
