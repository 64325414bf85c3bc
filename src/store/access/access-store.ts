/** What a person or program may do, least first. What each may is one table: the server's `permissions.ts`. */
export const roles = ['viewer', 'responder', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a token opens. The secrets of `aws` and `webhook` are derived and so kept nowhere. */
export const tokenKinds = ['api', 'aws', 'webhook'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** Whose findings and runs somebody may see and change. Neither member: all of them. */
export interface Scope {
  readonly accounts?: readonly string[];
  /** The names of organizational units: every account below one of them. */
  readonly units?: readonly string[];
}

/** Who somebody is to the hub. */
export interface Grant extends Scope {
  readonly name: string;
  readonly role: Role;
}

/** A token as it is kept: never the token itself. */
export interface Token extends Grant {
  readonly id: string;
  readonly kind: TokenKind;
  /** Of an `aws` token: the account that it calls as. */
  readonly account?: string;
  /** Only taken from this machine. */
  readonly loopback: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly revokedAt?: string;
  /** To the minute. */
  readonly lastUsedAt?: string;
}

export type NewToken = Omit<Token, 'revokedAt' | 'lastUsedAt'> & {
  /** SHA-256 of an `api` token. 256 random bits need no slow hash: there is nothing to guess. */
  readonly hash?: Uint8Array;
};

/** Somebody signed in with a browser. */
export interface Session extends Grant {
  readonly expiresAt: string;
}

/** Tokens, sessions and what webhooks said once: what signing in needs to have kept. */
export interface AccessStore {
  addToken(token: NewToken): Promise<void>;
  tokens(): Promise<readonly Token[]>;
  tokenById(id: string): Promise<Token | undefined>;
  tokenByHash(hash: Uint8Array): Promise<Token | undefined>;
  /** Whether there was one that still worked. */
  revokeToken(id: string, at: Date): Promise<boolean>;
  tokenUsed(id: string, at: Date): Promise<void>;

  /** @param hash SHA-256 of the session's id. */
  addSession(hash: Uint8Array, session: Session): Promise<void>;
  session(hash: Uint8Array): Promise<Session | undefined>;
  endSession(hash: Uint8Array): Promise<void>;

  /** Takes a nonce; false when its source has sent it before. */
  takeNonce(source: string, nonce: string, at: Date): Promise<boolean>;
  /** Forgets sessions that are over and nonces that are too old to be taken again. */
  forget(now: Date, noncesBefore: Date): Promise<void>;
}
