import type { Migration } from '../migration.js';
import { findings } from './0001-findings.js';
import { ownFindings } from './0002-own-findings.js';
import { people } from './0020-people.js';
import { eventsAndRules } from './0030-events-and-rules.js';
import { waveBreaker } from './0040-wave-breaker.js';
import { runsToWarnOf } from './0050-runs-to-warn-of.js';
import { automationFirings } from './0070-automation-firings.js';
import { runs } from './v10-runs.js';
import { runControls } from './v11-run-controls.js';
import { estates } from './v12-estates.js';

/** The schema's history, oldest first. */
export const migrations: readonly Migration[] = [
  findings,
  ownFindings,
  runs,
  runControls,
  estates,
  people,
  eventsAndRules,
  waveBreaker,
  runsToWarnOf,
  automationFirings,
];
