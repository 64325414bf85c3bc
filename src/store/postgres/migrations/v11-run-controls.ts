import type { Migration } from '../migration.js';

/** What holds runs back: the kill switch, waves, rates, settings; and what of them is still to be attested. */
export const runControls: Migration = {
  version: 11,
  title: 'kill switch, waves, token buckets, settings of responses, attestations',
  sql: `
create table hikeshi.kill_switch (
  one boolean primary key default true check (one),
  engaged boolean not null,
  by text,
  at timestamptz,
  reason text
);
insert into hikeshi.kill_switch (engaged) values (false);

create table hikeshi.wave (
  id text primary key,
  per_hour_max integer check (per_hour_max > 0),
  -- Of the runs that ended, the share that may fail, once at least so many have ended.
  failure_rate_max double precision not null check (failure_rate_max between 0 and 1),
  failures_after integer not null check (failures_after > 0),
  started_by text not null,
  started_at timestamptz not null,
  broken_at timestamptz,
  broken_reason text
);

create table hikeshi.token_bucket (
  name text primary key,
  tokens double precision not null,
  at timestamptz not null
);

create table hikeshi.response_settings (
  one boolean primary key default true check (one),
  version integer not null,
  document json not null,
  by text not null,
  at timestamptz not null
);

create table hikeshi.run_attestation (
  run_id text not null references hikeshi.run on delete cascade,
  step text not null,
  record json not null,
  -- When somebody last began to put it into the ledger: it may be there already.
  tried_at timestamptz,
  ledger_index bigint,
  primary key (run_id, step)
);
create index run_attestation_open on hikeshi.run_attestation (run_id, step) where ledger_index is null;`,
};
