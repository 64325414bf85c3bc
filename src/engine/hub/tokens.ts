import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/ports.js';
import { Problem } from '../../base/problem.js';
import type { AccessStore, Role, Scope, Token, TokenKind } from '../../store/access/access-store.js';

/** How long a token works unless told, and at most. */
const DAYS_DEFAULT = 90;
const DAYS_MAX = 366;
const DAY_MS = 24 * 3600 * 1000;

const SECRET_BYTES = 32;
/** RFC 4648 base32 in upper case: what AWS's access key ids are made of. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export interface TokenWish extends Scope {
  readonly name: string;
  readonly kind: TokenKind;
  readonly role: Role;
  readonly days?: number;
  /** Of an `aws` token: the account that it calls as. */
  readonly account?: string;
  readonly loopback?: boolean;
}

/** A new token, and its secret: told this once. */
export interface IssuedToken {
  readonly token: Token;
  readonly secret: string;
}

/**
 * Tokens: made, checked, derived.
 *
 * An `api` token is presented whole, so it is random and only its hash is kept. The secrets of `aws` and `webhook` tokens
 * must be known to check a signature: they are derived from one sealed secret and the token's id (HMAC-SHA-256), so that
 * none is stored and a stolen database makes none.
 */
export class Tokens {
  private readonly store: AccessStore;
  readonly #secret: Uint8Array;
  private readonly clock: Clock;

  /** @param secret 32 bytes that all machines of the hub share. */
  constructor(store: AccessStore, secret: Uint8Array, clock: Clock) {
    this.store = store;
    this.#secret = secret;
    this.clock = clock;
  }

  async issue(wish: TokenWish, by: string): Promise<IssuedToken> {
    const days = wish.days ?? DAYS_DEFAULT;
    if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
      const next = `give 1 to ${DAYS_MAX} days`;
      throw new Problem('token-days', `a token cannot last \`${days}\` days`, { next, exit: 'badUsage' });
    }
    if (wish.kind === 'aws' && wish.account === undefined) {
      const next = 'name the account that it calls as; Security Hub answers for one account';
      throw new Problem('token-account', 'an `aws` token needs an `account`', { next, exit: 'badUsage' });
    }
    const now = this.clock();
    const token: Token = {
      id: newId(wish.kind),
      kind: wish.kind,
      name: wish.name,
      role: wish.role,
      ...(wish.accounts === undefined ? {} : { accounts: wish.accounts }),
      ...(wish.units === undefined ? {} : { units: wish.units }),
      ...(wish.kind === 'aws' && wish.account !== undefined ? { account: wish.account } : {}),
      loopback: wish.loopback ?? false,
      createdAt: now.toISOString(),
      createdBy: by,
      expiresAt: new Date(now.getTime() + days * DAY_MS).toISOString(),
    };
    if (token.kind !== 'api') {
      await this.store.addToken(token);
      return { token, secret: this.derived(token) };
    }
    const secret = `${token.id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    await this.store.addToken({ ...token, hash: hashOf(secret) });
    return { token, secret };
  }

  /** The token that somebody presented; undefined for one that is unknown, over or revoked. */
  async presented(secret: string): Promise<Token | undefined> {
    const token = await this.store.tokenByHash(hashOf(secret));
    return token?.kind === 'api' ? this.working(token) : undefined;
  }

  /** A token that signs, with its secret. */
  async signing(id: string, kind: 'aws' | 'webhook'): Promise<IssuedToken | undefined> {
    const found = await this.store.tokenById(id);
    const token = found?.kind === kind ? await this.working(found) : undefined;
    return token === undefined ? undefined : { token, secret: this.derived(token) };
  }

  /** A key for another purpose, of the same secret. */
  keyFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#secret, '', `hikeshi hub ${purpose}`, SECRET_BYTES));
  }

  private async working(token: Token): Promise<Token | undefined> {
    const now = this.clock();
    if (token.revokedAt !== undefined || Date.parse(token.expiresAt) <= now.getTime()) return undefined;
    await this.store.tokenUsed(token.id, now);
    return token;
  }

  private derived({ kind, id }: Token): string {
    const mac = createHmac('sha256', this.keyFor(`${kind} secrets`))
      .update(id)
      .digest('base64');
    // AWS's tools take 40 characters; those of base64 are also AWS's own.
    return kind === 'aws' ? mac.slice(0, 40) : mac;
  }
}

export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function newId(kind: TokenKind): string {
  if (kind !== 'aws') return `hk${kind}_${randomBytes(9).toString('hex')}`;
  return `AKIA${Array.from(randomBytes(16), (byte) => BASE32[byte & 31]).join('')}`;
}
