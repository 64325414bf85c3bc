import type { Migration } from '../migration.js';

/** Who may come in: tokens, browser sessions, what webhooks said once, and the sealed secrets of the hub. */
export const people: Migration = {
  version: 20,
  title: 'tokens, sessions, nonces and sealed secrets',
  sql: `
    create table hikeshi.access_token (
      id text primary key,
      kind text not null check (kind in ('api', 'aws', 'webhook')),
      name text not null,
      hash bytea unique check (octet_length(hash) = 32),
      role text not null check (role in ('viewer', 'responder', 'approver', 'admin')),
      accounts text[],
      units text[],
      account text,
      loopback boolean not null default false,
      created_at timestamptz not null,
      created_by text not null,
      expires_at timestamptz not null,
      revoked_at timestamptz,
      last_used_at timestamptz,
      -- Only what is presented as a whole is kept as a hash; what signs is derived.
      check ((kind = 'api') = (hash is not null))
    );
    create table hikeshi.browser_session (
      hash bytea primary key check (octet_length(hash) = 32),
      name text not null,
      role text not null check (role in ('viewer', 'responder', 'approver', 'admin')),
      accounts text[],
      units text[],
      expires_at timestamptz not null
    );
    create index browser_session_expiry on hikeshi.browser_session (expires_at);
    create table hikeshi.webhook_nonce (
      source text not null,
      nonce text not null,
      seen_at timestamptz not null,
      primary key (source, nonce)
    );
    create index webhook_nonce_age on hikeshi.webhook_nonce (seen_at);
    create table hikeshi.hub_secret (
      name text primary key,
      sealed bytea not null,
      created_at timestamptz not null default now()
    );`,
};
