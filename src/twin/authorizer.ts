import type { Fork } from '../estate/fork.js';
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
  /** Where the policies stand. */
  readonly estate: Fork;
  readonly region: string;
  readonly now: Date;
  readonly sourceIp: string;
  readonly userAgent: string;
  /**
   * Where a grant decides and not policies: `true`, it gives the action to the caller, and only a deny or a missing control
   * policy keeps it away; `false`, it does not, and no policy can.
   */
  readonly byGrant?: boolean;
}

/** The answer, with the reason a denied caller is told: `because no …` or `with an explicit deny in …`. */
export type AuthorizationDecision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** The authorizer port: every handler asks it before it reads or writes. The policy engine plugs in here. */
export type Authorizer = (request: AuthorizationRequest) => AuthorizationDecision;

/**
 * Allows everything to everyone who authenticated: for a twin on which policies are not evaluated, such as one whose
 * estate was collected without IAM. An anonymous caller may only ask for a session, which STS grants on a token: a web page that finds the
 * twin's port must not be able to use it.
 */
export const allowAll: Authorizer = ({ caller, action }) =>
  caller.kind !== 'anonymous' || action.startsWith('sts:AssumeRoleWith')
    ? { allowed: true }
    : { allowed: false, reason: `because no resource-based policy allows the ${action} action` };
