import type { Migration } from '../migration.js';

/** The schema's history, oldest first. */
export const migrations: readonly Migration[] = [];
