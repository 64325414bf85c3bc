/** Who makes a call. */
export interface Caller {
  readonly arn: string;
  readonly accountId: string;
  readonly userId: string;
  readonly kind: 'root' | 'user' | 'role' | 'anonymous' | 'service';
  /** The role whose session this is. */
  readonly roleArn?: string;
  /** The session policy given to AssumeRole, as text. */
  readonly sessionPolicy?: string;
}

/** A pair of access keys known to the twin. */
export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
  readonly caller: Caller;
}
