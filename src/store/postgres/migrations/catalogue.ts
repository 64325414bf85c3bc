import type { Migration } from '../migration.js';
import { findings } from './0001-findings.js';
import { ownFindings } from './0002-own-findings.js';

/** The schema's history, oldest first. */
export const migrations: readonly Migration[] = [findings, ownFindings];
