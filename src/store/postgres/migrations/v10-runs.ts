import type { Migration } from '../migration.js';

/**
 * Runs. The wide and seldom read (plan, rehearsal) is apart from what changes often; who may write to a run's journal is
 * a row of its own, so that the check is one short row lock.
 */
export const runs: Migration = {
  version: 10,
  title: 'runs, their proposals, approvals and journals',
  sql: `
create table hikeshi.run (
  id text primary key,
  state text not null check (state in ('requested','refused','already-closed','would-not-close','proposed','declined',
    'expired','cancelled','approved','applying','resolved','still-open','stopped','undoing','undone','undo-stopped')),
  mode text not null check (mode in ('notify','ask','automatic')),
  finding_id text not null,
  control_id text not null,
  account_id text not null,
  resource_arn text not null,
  finding json not null,
  parameters json not null,
  origin json not null,
  requested_by text not null,
  requested_at timestamptz not null,
  updated_at timestamptz not null,
  approvals_asked smallint,
  approvals_needed smallint not null default 1 check (approvals_needed in (0, 1, 2)),
  risk text,
  playbook text,
  proposal_hash text,
  expires_at timestamptz,
  not_before timestamptz,
  warned_at timestamptz,
  wave text,
  reason text,
  cancel_by text,
  -- Counts the workflows that were started for it: each has its own id.
  turn integer not null default 0,
  began_at timestamptz
);
create index run_newest on hikeshi.run (requested_at desc, id desc);
create index run_by_account on hikeshi.run (account_id, requested_at desc, id desc);
create index run_by_state on hikeshi.run (state, requested_at desc, id desc);
create index run_by_finding on hikeshi.run (finding_id);
create index run_by_wave on hikeshi.run (wave, state) where wave is not null;
create index run_expiring on hikeshi.run (expires_at) where state = 'proposed' and expires_at is not null;

create table hikeshi.run_proposal (
  run_id text primary key references hikeshi.run on delete cascade,
  plan json not null,
  plan_hash text not null,
  rehearsal json not null
);

create table hikeshi.run_approval (
  run_id text not null references hikeshi.run on delete cascade,
  person text not null,
  decision text not null check (decision in ('approved', 'declined')),
  at timestamptz not null,
  proposal_hash text not null,
  comment text,
  primary key (run_id, person)
);

create table hikeshi.run_entry (
  run_id text not null references hikeshi.run on delete cascade,
  seq integer not null,
  entry json not null,
  primary key (run_id, seq)
);

-- Who may write: each worker that takes a run takes the next epoch, and a frozen one that wakes holds an old one.
create table hikeshi.run_claim (
  run_id text primary key references hikeshi.run on delete cascade,
  epoch bigint not null,
  worker text not null,
  at timestamptz not null
);

-- One run a resource: the row is the right to change it.
create table hikeshi.resource_guard (
  resource_arn text primary key,
  run_id text not null references hikeshi.run on delete cascade,
  at timestamptz not null
);`,
};
