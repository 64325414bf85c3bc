import type { Caller } from './caller.js';

/** One authorization question, as an operation's handler asks it. */
export interface AuthorizationRequest {
  readonly caller: Caller;
  /** An IAM action such as `ec2:RevokeSecurityGroupIngress`. */
  readonly action: string;
  /** The ARN acted on; `*` where the action takes no resource. */
  readonly resource: string;
  /** The account that owns the resource: the caller's own unless the handler says otherwise. */
  readonly resourceAccountId: string;
  /** Condition keys that the handler knows, beyond those of the caller. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** The answer, with the reason a denied caller is told. */
export type AuthorizationDecision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** The authorizer port: every handler asks it before it reads or writes. The policy engine plugs in here. */
export type Authorizer = (request: AuthorizationRequest) => AuthorizationDecision;

/**
 * Allows everything to everyone who authenticated: for a twin on which policies are not evaluated. The twin's startup
 * text says so. An anonymous caller may only ask for a session, which STS grants on a token: a web page that finds the
 * twin's port must not be able to use it.
 */
export const allowAll: Authorizer = ({ caller, action }) =>
  caller.kind !== 'anonymous' || action.startsWith('sts:AssumeRoleWith')
    ? { allowed: true }
    : { allowed: false, reason: `no resource-based policy allows the ${action} action` };
