import type { Migration } from '../migration.js';

/**
 * Findings as slim rows. What is filtered, sorted or grouped has a column; texts that recur are numbers into `term`; the
 * documents lie compressed in blocks. See docs/store.md.
 */
export const findings: Migration = {
  version: 1,
  title: 'findings',
  sql: `
    create table hikeshi.term (
      id integer generated always as identity primary key,
      kind smallint not null,
      hash uuid not null,
      text text not null,
      unique (kind, hash)
    );
    do $$ begin
      create extension if not exists pg_trgm with schema public;
      create index term_trigrams on hikeshi.term using gin (lower(text) public.gin_trgm_ops);
    exception when others then
      raise notice 'no pg_trgm here: searches for words read every text';
    end $$;

    create table hikeshi.finding (
      key uuid not null,
      updated_at bigint not null,
      created_at bigint not null,
      imported_at bigint not null,
      account bigint not null,
      block bigint not null,
      product integer not null,
      product_name integer not null,
      generator integer not null,
      title integer not null,
      type integer not null,
      resource integer not null,
      resource_type integer not null,
      region integer not null,
      control integer not null,
      imported_by integer not null,
      slot smallint not null,
      form smallint not null,
      flags smallint not null,
      severity smallint not null,
      normalized smallint not null,
      workflow smallint not null,
      record smallint not null,
      compliance smallint not null,
      primary key (key)
    ) with (fillfactor = 95, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
    create index finding_updated on hikeshi.finding (updated_at, key);
    -- One index for what is looked for by value: numbers of texts are never the same for two kinds of text, and accounts
    -- are below zero. New entries wait in its pending list and go in many at a time: half the cost of a B-tree for each.
    create index finding_terms on hikeshi.finding
      using gin ((array[title, resource, generator, control, (-(account % 2147483647))::integer]));
    create index finding_flagged on hikeshi.finding (key) where flags <> 0;

    create sequence hikeshi.finding_block_id increment by 1024;
    create table hikeshi.finding_block (
      id bigint primary key,
      size smallint not null,
      documents bytea not null
    );
    alter table hikeshi.finding_block alter column documents set storage external;
    create table hikeshi.finding_block_freed (
      block bigint not null,
      slots integer not null,
      freed_at timestamptz not null default now()
    );

    create table hikeshi.finding_count (
      dimension smallint not null,
      value bigint not null,
      flagged smallint not null,
      severity smallint not null,
      workflow smallint not null,
      record smallint not null,
      compliance smallint not null,
      findings bigint not null
    );
    create index finding_count_dimension on hikeshi.finding_count (dimension, value);

    create table hikeshi.finding_event (
      id bigint generated always as identity primary key,
      key uuid not null,
      at bigint not null,
      actor integer not null,
      updates jsonb not null
    );
    create index finding_event_key on hikeshi.finding_event (key, at, id);
    create index finding_event_at on hikeshi.finding_event (at);

    create table hikeshi.finding_document (
      kind text not null,
      arn text not null,
      document jsonb not null,
      place bigint generated always as identity,
      primary key (kind, arn)
    );`,
};
