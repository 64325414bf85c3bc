import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RootKey } from '../../../keys/root-key.js';
import type { NewToken } from '../../access/access-store.js';
import type { Database } from '../database.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { hubSecret } from './hub-secret.js';
import { PostgresAccess } from './postgres-access.js';

let postgres: TestPostgres;
let database: Database;
let access: PostgresAccess;

beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
  access = new PostgresAccess(database);
});
afterAll(() => postgres.stop());

const NOW = new Date('2026-03-01T00:00:00.000Z');
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const tokenOf = (id: string, more: Partial<NewToken> = {}): NewToken => ({
  id,
  kind: 'api',
  name: 'ci',
  role: 'viewer',
  loopback: false,
  createdAt: NOW.toISOString(),
  createdBy: 'mori@example.com',
  expiresAt: later(1000).toISOString(),
  hash: randomBytes(32),
  ...more,
});

describe('tokens', () => {
  it('are found by their hash and id, as they were made', async () => {
    const made = tokenOf('a', { accounts: ['111122223333'], units: ['Sandbox'], role: 'approver' });
    await access.addToken(made);
    const { hash = Buffer.alloc(0), ...token } = made;
    expect(await access.tokenByHash(hash)).toEqual(token);
    expect(await access.tokenById('a')).toEqual(token);
    expect(await access.tokenByHash(randomBytes(32))).toBeUndefined();
  });

  it('of an empty scope see nothing, not everything', async () => {
    await access.addToken(tokenOf('narrow', { accounts: [] }));
    expect(await access.tokenById('narrow')).toMatchObject({ accounts: [] });
  });

  it('an API token without a hash, and one that signs with one, cannot be kept', async () => {
    const { hash: _, ...without } = tokenOf('b');
    await expect(access.addToken(without)).rejects.toMatchObject({ code: '23514' });
    await expect(access.addToken(tokenOf('c', { kind: 'aws' }))).rejects.toMatchObject({ code: '23514' });
  });

  it('are revoked once', async () => {
    await access.addToken(tokenOf('d'));
    expect(await access.revokeToken('d', NOW)).toBe(true);
    expect(await access.revokeToken('d', later(5))).toBe(false);
    expect(await access.tokenById('d')).toMatchObject({ revokedAt: NOW.toISOString() });
    expect(await access.revokeToken('none', NOW)).toBe(false);
  });

  it('their last use is told to the minute', async () => {
    await access.addToken(tokenOf('e'));
    const usedAt = async (at: Date) => {
      await access.tokenUsed('e', at);
      return (await access.tokenById('e'))?.lastUsedAt;
    };
    expect(await usedAt(NOW)).toBe(NOW.toISOString());
    expect(await usedAt(later(30_000))).toBe(NOW.toISOString());
    expect(await usedAt(later(61_000))).toBe(later(61_000).toISOString());
  });
});

describe('sessions and nonces', () => {
  it('a session is there until it is ended or over', async () => {
    const [one, two] = [randomBytes(32), randomBytes(32)];
    const session = { name: 'mori', role: 'admin', units: ['Sandbox'], expiresAt: later(10).toISOString() } as const;
    await access.addSession(one, session);
    await access.addSession(two, { ...session, expiresAt: later(1000).toISOString() });
    expect(await access.session(one)).toEqual(session);
    await access.forget(later(10), NOW);
    expect(await access.session(one)).toBeUndefined();
    expect(await access.session(two)).toBeDefined();
    await access.endSession(two);
    expect(await access.session(two)).toBeUndefined();
  });

  it('of many who bring a nonce at once, one is first', async () => {
    const taken = await Promise.all(Array.from({ length: 8 }, () => access.takeNonce('source', 'nonce', NOW)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await access.takeNonce('another source', 'nonce', NOW)).toBe(true);
    await access.forget(NOW, later(1));
    expect(await access.takeNonce('source', 'nonce', later(2))).toBe(true);
  });
});

describe('the secret of a hub', () => {
  const root = new RootKey(Buffer.alloc(32, 1));

  it('is made once, for all who come at once, and the database alone does not have it', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => hubSecret(database, root, 'tokens')));
    expect(new Set(all.map((each) => each.toString('hex'))).size).toBe(1);
    const { rows } = await database.query<{ sealed: Buffer }>('select sealed from hikeshi.hub_secret');
    expect(rows.some(({ sealed }) => sealed.includes(all[0] ?? Buffer.from('x')))).toBe(false);
  });

  it('a machine with another root key is told what to do', async () => {
    await hubSecret(database, root, 'tokens');
    await expect(hubSecret(database, new RootKey(Buffer.alloc(32, 2)), 'tokens')).rejects.toMatchObject({
      code: 'hub-secret-root',
    });
  });
});
