import type { Migration } from '../migration.js';

/** The latest estate of each organization or lone account, for workers that have no files. */
export const estates: Migration = {
  version: 12,
  title: 'estates, an account a part',
  sql: `
create table hikeshi.estate (
  name text primary key,
  version integer not null,
  collected_at timestamptz not null,
  header json not null,
  gaps json not null
);
create table hikeshi.estate_part (
  estate text not null references hikeshi.estate on delete cascade,
  -- An account's id, or 'shared' for what accounts may need to know of others.
  part text not null,
  sha256 bytea not null,
  lines bytea not null,
  primary key (estate, part)
);
create index estate_part_of_account on hikeshi.estate_part (part);
alter table hikeshi.estate_part alter column lines set storage external;`,
};
