import type { Migration } from '../migration.js';
import { runs } from './v10-runs.js';
import { runControls } from './v11-run-controls.js';
import { estates } from './v12-estates.js';

/** The schema's history, oldest first. */
export const migrations: readonly Migration[] = [runs, runControls, estates];
