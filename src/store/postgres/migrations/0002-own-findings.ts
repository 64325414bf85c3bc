import type { Migration } from '../migration.js';

/** What Hikeshi's own scans know of a finding, under the key of its row among all findings. */
export const ownFindings: Migration = {
  version: 2,
  title: 'own findings',
  sql: `
    create table hikeshi.own_finding (
      key uuid primary key,
      place bigint generated always as identity,
      observed_at bigint not null,
      document jsonb not null
    ) with (fillfactor = 80);
    create index own_finding_place on hikeshi.own_finding (place);`,
};
