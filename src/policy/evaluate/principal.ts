/**
 * Who makes a request. A role acts through sessions; a web identity or SAML user is one until it has a session.
 */
export type Principal =
  | { readonly kind: 'root'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'user'; readonly arn: string; readonly accountId: string }
  | {
      readonly kind: 'session';
      /** The role's ARN, with its path: what `aws:PrincipalArn` holds. */
      readonly roleArn: string;
      readonly sessionName: string;
      readonly accountId: string;
    }
  | { readonly kind: 'federatedUser'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'canonicalUser'; readonly id: string }
  | { readonly kind: 'anonymous' };

/** The principal's own ARN; for a session that of the session. `undefined` for those that have none. */
export function principalArn(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'root':
    case 'user':
    case 'federatedUser':
      return principal.arn;
    case 'session':
      return sessionArn(principal);
    case 'service':
    case 'federated':
    case 'canonicalUser':
    case 'anonymous':
      return undefined;
  }
}

/** How explanations call a principal. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'service':
      return principal.name;
    case 'federated':
      return principal.provider;
    case 'canonicalUser':
      return principal.id;
    case 'anonymous':
      return 'anonymous';
    default:
      return principalArn(principal) ?? '';
  }
}

/** A session's ARN: the role's name without its path, and the session's name. */
export function sessionArn({ roleArn, sessionName }: { roleArn: string; sessionName: string }): string {
  const [, partition = 'aws', , , accountId = '', resource = ''] = roleArn.split(':');
  return `arn:${partition}:sts::${accountId}:assumed-role/${resource.slice(resource.lastIndexOf('/') + 1)}/${sessionName}`;
}

/** The principal of an ARN as a person writes it: user, role (any session of it), session, root or federated user. */
export function principalOf(arn: string): Principal | undefined {
  const match = /^arn:[^:]+:(iam|sts)::(\d{12}):(root|user|role|assumed-role|federated-user)(?:\/(.+))?$/.exec(arn);
  if (match === null) return undefined;
  const [, , accountId = '', type, rest = ''] = match;
  if (type === 'root') return { kind: 'root', arn, accountId };
  if (type === 'user') return { kind: 'user', arn, accountId };
  if (type === 'federated-user') return { kind: 'federatedUser', arn, accountId };
  if (type === 'role') return { kind: 'session', roleArn: arn, sessionName: 'session', accountId };
  const [roleName = '', sessionName = 'session'] = rest.split('/');
  const partition = arn.split(':')[1] ?? 'aws';
  return { kind: 'session', roleArn: `arn:${partition}:iam::${accountId}:role/${roleName}`, sessionName, accountId };
}

/**
 * The context keys that follow from who the principal is: no request can set them otherwise.
 *
 * Source: IAM user guide, "AWS global condition context keys", "Properties of the principal".
 */
export function principalKey(principal: Principal, key: string): readonly string[] | undefined {
  switch (key) {
    case 'aws:principalarn': {
      const arn = principal.kind === 'session' ? principal.roleArn : principalArn(principal);
      return arn === undefined ? [] : [arn];
    }
    case 'aws:principalaccount':
    case 'kms:calleraccount':
      return 'accountId' in principal ? [principal.accountId] : [];
    case 'aws:principaltype': {
      const type = principalTypes[principal.kind];
      return type === undefined ? [] : [type];
    }
    case 'aws:principalisawsservice':
      return [principal.kind === 'service' ? 'true' : 'false'];
    case 'aws:principalservicename':
      return principal.kind === 'service' ? [principal.name] : [];
    case 'aws:username':
      return principal.kind === 'user' ? [principal.arn.slice(principal.arn.lastIndexOf('/') + 1)] : [];
    default:
      return undefined;
  }
}

/** The values of `aws:PrincipalType`; services carry none. */
export const principalTypes: Readonly<Record<Principal['kind'], string | undefined>> = {
  root: 'Account',
  user: 'User',
  session: 'AssumedRole',
  federatedUser: 'FederatedUser',
  service: undefined,
  federated: undefined,
  canonicalUser: undefined,
  anonymous: 'Anonymous',
};
