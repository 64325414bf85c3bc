import type { Migration } from '../migration.js';
import { findings } from './0001-findings.js';
import { ownFindings } from './0002-own-findings.js';
import { people } from './0020-people.js';
import { eventsAndRules } from './0030-events-and-rules.js';

/** The schema's history, oldest first. */
export const migrations: readonly Migration[] = [findings, ownFindings, people, eventsAndRules];
