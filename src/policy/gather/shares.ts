/**
 * The sharing of a snapshot or an image as a policy.
 *
 * @param shares account numbers, organization ids, organizational units as `o-…/ou-…`, and `*` for everyone who has an AWS
 * account.
 */
export function shareDocument(shares: readonly string[], actions: readonly string[]): object {
  const accounts = shares.filter((share) => /^\d{12}$/.test(share));
  const organizations = shares.filter((share) => /^o-[^/]+$/.test(share));
  // The path of a unit names its parents, which the share does not tell.
  const units = shares.filter((share) => /^o-[^/]+\/ou-/.test(share)).map((share) => share.replace('/', '/*/'));
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
    ...(units.length > 0
      ? [
          allow(
            'SharedWithUnits',
            { AWS: '*' },
            {
              Condition: {
                'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': units.flatMap((unit) => [`${unit}/*`]) },
              },
            },
          ),
        ]
      : []),
  ];
  return { Version: '2012-10-17', Statement };
}

/** Anyone with an AWS account, and nobody without. */
export const AUTHENTICATED = { Condition: { Null: { 'aws:PrincipalAccount': 'false' } } };
