import type { Migration } from '../migration.js';

export const eventsAndRules: Migration = {
  version: 30,
  title: 'events, the rules that answer them, and what each rule said',
  sql: `
    create table hikeshi.event (
      id text primary key,
      source text not null,
      body jsonb not null,
      causes text[] not null default '{}',
      received_at timestamptz not null,
      attempts integer not null default 0,
      last_error text,
      decided_at timestamptz
    );
    create index event_waiting on hikeshi.event (received_at) where decided_at is null;
    create index event_decided on hikeshi.event (decided_at) where decided_at is not null;

    create table hikeshi.event_rule (
      name text primary key,
      document jsonb not null,
      updated_at timestamptz not null,
      updated_by text not null
    );

    -- Moved by every change of a rule: what was compiled from them is stale once it has moved.
    create sequence hikeshi.rules_revision;

    create table hikeshi.rule_decision (
      event_id text not null references hikeshi.event (id) on delete cascade,
      rule text not null,
      fired boolean not null,
      why text not null,
      actions jsonb not null,
      at timestamptz not null,
      primary key (event_id, rule)
    );
    create index rule_decision_of_rule on hikeshi.rule_decision (rule, at desc);

    create table hikeshi.delivery (
      id text primary key,
      event_id text not null references hikeshi.event (id) on delete cascade,
      rule text not null,
      target jsonb not null,
      attempts integer not null default 0,
      next_at timestamptz not null,
      last_error text,
      done_at timestamptz,
      failed_at timestamptz
    );
    create index delivery_waiting on hikeshi.delivery (next_at) where done_at is null and failed_at is null;
  `,
};
