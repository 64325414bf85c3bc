/**
 * The sharing of a snapshot or an image as a policy.
 *
 * @param shares account numbers, organization ids, and `*` for everyone who has an AWS account.
 */
export function shareDocument(shares: readonly string[], actions: readonly string[]): object {
  const accounts = shares.filter((share) => /^\d{12}$/.test(share));
  const organizations = shares.filter((share) => share.startsWith('o-'));
  const allow = (Sid: string, Principal: object, rest: object): object => ({
    Sid,
    Effect: 'Allow',
    Principal,
    Action: actions,
    Resource: '*',
    ...rest,
  });
  const Statement = [
    ...(shares.includes('*') ? [allow('SharedWithEveryone', { AWS: '*' }, AUTHENTICATED)] : []),
    ...(accounts.length > 0 ? [allow('SharedWithAccounts', { AWS: accounts }, {})] : []),
    ...(organizations.length > 0
      ? [
          allow(
            'SharedWithOrganizations',
            { AWS: '*' },
            {
              Condition: { StringEquals: { 'aws:PrincipalOrgID': organizations } },
            },
          ),
        ]
      : []),
  ];
  return { Version: '2012-10-17', Statement };
}

/** Anyone with an AWS account, and nobody without. */
export const AUTHENTICATED = { Condition: { Null: { 'aws:PrincipalAccount': 'false' } } };
