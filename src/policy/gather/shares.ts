/** The sharing of a snapshot or an image as a policy: `*` is everyone who has an AWS account. */
export function shareDocument(arn: string, accounts: readonly string[], actions: readonly string[]): object {
  const everyone = accounts.includes('*');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'SharedWith',
        Effect: 'Allow',
        Principal: { AWS: everyone ? '*' : accounts },
        Action: actions,
        Resource: arn,
        ...(everyone ? AUTHENTICATED : {}),
      },
    ],
  };
}

/** Anyone with an AWS account, and nobody without. */
export const AUTHENTICATED = { Condition: { Null: { 'aws:PrincipalAccount': 'false' } } };
