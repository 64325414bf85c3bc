import type { Migration } from '../migration.js';

/** Of all proposals that wait, only those of which an owner is to be told are looked at, every few seconds. */
export const runsToWarnOf: Migration = {
  version: 50,
  title: 'runs of which an owner is to be told',
  sql: `
create index run_to_warn_of on hikeshi.run (not_before)
  where not_before is not null and warned_at is null and state in ('proposed', 'approved');`,
};
