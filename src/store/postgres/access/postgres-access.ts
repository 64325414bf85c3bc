import type { AccessStore, NewToken, Role, Session, Token, TokenKind } from '../../access/access-store.js';
import type { Queries } from '../database.js';

interface TokenRow {
  readonly id: string;
  readonly kind: TokenKind;
  readonly name: string;
  readonly role: Role;
  readonly accounts: string[] | null;
  readonly units: string[] | null;
  readonly account: string | null;
  readonly loopback: boolean;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

const COLUMNS = `id, kind, name, role, accounts, units, account, loopback, created_at, created_by, expires_at,
  revoked_at, last_used_at`;

/** Tokens, sessions and nonces in PostgreSQL: a token that is revoked on one machine works on none. */
export class PostgresAccess implements AccessStore {
  private readonly database: Queries;

  constructor(database: Queries) {
    this.database = database;
  }

  async addToken(token: NewToken): Promise<void> {
    await this.database.query(
      `insert into hikeshi.access_token (id, kind, name, hash, role, accounts, units, account, loopback, created_at,
         created_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        token.id,
        token.kind,
        token.name,
        token.hash === undefined ? null : Buffer.from(token.hash),
        token.role,
        token.accounts ?? null,
        token.units ?? null,
        token.account ?? null,
        token.loopback,
        token.createdAt,
        token.createdBy,
        token.expiresAt,
      ],
    );
  }

  async tokens(): Promise<readonly Token[]> {
    const { rows } = await this.database.query<TokenRow>(
      `select ${COLUMNS} from hikeshi.access_token order by created_at, id`,
    );
    return rows.map(tokenOf);
  }

  async tokenById(id: string): Promise<Token | undefined> {
    const { rows } = await this.database.query<TokenRow>(`select ${COLUMNS} from hikeshi.access_token where id = $1`, [
      id,
    ]);
    return rows[0] === undefined ? undefined : tokenOf(rows[0]);
  }

  async tokenByHash(hash: Uint8Array): Promise<Token | undefined> {
    const { rows } = await this.database.query<TokenRow>(
      `select ${COLUMNS} from hikeshi.access_token where hash = $1`,
      [Buffer.from(hash)],
    );
    return rows[0] === undefined ? undefined : tokenOf(rows[0]);
  }

  async revokeToken(id: string, at: Date): Promise<boolean> {
    const { rowCount } = await this.database.query(
      'update hikeshi.access_token set revoked_at = $2 where id = $1 and revoked_at is null',
      [id, at],
    );
    return rowCount === 1;
  }

  /** At most one write a minute for each token: it is used thousands of times in one. */
  async tokenUsed(id: string, at: Date): Promise<void> {
    await this.database.query(
      `update hikeshi.access_token set last_used_at = $2
        where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')`,
      [id, at],
    );
  }

  async addSession(hash: Uint8Array, session: Session): Promise<void> {
    await this.database.query(
      'insert into hikeshi.browser_session (hash, name, role, accounts, units, expires_at) values ($1, $2, $3, $4, $5, $6)',
      [
        Buffer.from(hash),
        session.name,
        session.role,
        session.accounts ?? null,
        session.units ?? null,
        session.expiresAt,
      ],
    );
  }

  async session(hash: Uint8Array): Promise<Session | undefined> {
    const { rows } = await this.database.query<TokenRow>(
      'select name, role, accounts, units, expires_at from hikeshi.browser_session where hash = $1',
      [Buffer.from(hash)],
    );
    const row = rows[0];
    if (row === undefined) return undefined;
    return { name: row.name, role: row.role, ...scopeOf(row), expiresAt: row.expires_at.toISOString() };
  }

  async endSession(hash: Uint8Array): Promise<void> {
    await this.database.query('delete from hikeshi.browser_session where hash = $1', [Buffer.from(hash)]);
  }

  async takeNonce(source: string, nonce: string, at: Date): Promise<boolean> {
    const { rowCount } = await this.database.query(
      'insert into hikeshi.webhook_nonce (source, nonce, seen_at) values ($1, $2, $3) on conflict do nothing',
      [source, nonce, at],
    );
    return rowCount === 1;
  }

  async forget(now: Date, noncesBefore: Date): Promise<void> {
    await this.database.query('delete from hikeshi.browser_session where expires_at <= $1', [now]);
    await this.database.query('delete from hikeshi.webhook_nonce where seen_at < $1', [noncesBefore]);
  }
}

function tokenOf(row: TokenRow): Token {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    role: row.role,
    ...scopeOf(row),
    ...(row.account === null ? {} : { account: row.account }),
    loopback: row.loopback,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    expiresAt: row.expires_at.toISOString(),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.toISOString() }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at.toISOString() }),
  };
}

function scopeOf({ accounts, units }: Pick<TokenRow, 'accounts' | 'units'>) {
  return { ...(accounts === null ? {} : { accounts }), ...(units === null ? {} : { units }) };
}
