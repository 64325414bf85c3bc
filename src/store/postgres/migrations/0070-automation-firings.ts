import type { Migration } from '../migration.js';

export const automationFirings: Migration = {
  version: 70,
  title: 'which automation rules fired, and how they read then',
  sql: `
    -- A rule as it was when it fired: rules change and go, and what they did is still told.
    create table hikeshi.automation_rule_version (
      id integer generated always as identity primary key,
      arn text not null,
      version text not null,
      name text not null,
      document jsonb not null,
      unique (arn, version)
    );

    -- place: of the rules that fired for a finding at once, in their order.
    create table hikeshi.automation_firing (
      key uuid not null,
      at bigint not null,
      account bigint not null,
      rule integer not null references hikeshi.automation_rule_version (id),
      place smallint not null,
      finding text not null,
      refused text,
      primary key (key, at, place)
    );
    create index automation_firing_of_rule on hikeshi.automation_firing (rule, at);
  `,
};
