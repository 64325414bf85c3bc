import type { Migration } from '../migration.js';

/** A wave that a person let go on is judged by what it does from then on. */
export const waveBreaker: Migration = {
  version: 40,
  title: 'the breaker of a wave, closed by a person',
  sql: `
alter table hikeshi.wave add column closed_at timestamptz, add column closed_by text;`,
};
