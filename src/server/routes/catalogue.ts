import type { Route } from '../http/route.js';
import { actionRoutes } from './actions.js';
import { eventRoutes } from './events.js';
import { findingChangeRoutes } from './finding-changes.js';
import { lineImportRoutes } from './finding-lines.js';
import { exportRoutes } from './finding-export.js';
import { findingRoutes } from './findings.js';
import { insightRoutes } from './insights.js';
import { killSwitchRoutes } from './kill-switch.js';
import { meRoutes } from './me.js';
import { responseSettingsRoutes } from './response-settings.js';
import { ruleRoutes } from './rules.js';
import { runRoutes } from './runs.js';
import { tokenRoutes } from './tokens.js';
import { waveRoutes } from './waves.js';

/** Every route of the API. Each says itself who may call it. */
export const routes: readonly Route[] = [
  ...meRoutes,
  ...findingRoutes,
  ...findingChangeRoutes,
  ...lineImportRoutes,
  ...exportRoutes,
  ...insightRoutes,
  ...actionRoutes,
  ...ruleRoutes,
  ...runRoutes,
  ...waveRoutes,
  ...responseSettingsRoutes,
  ...killSwitchRoutes,
  ...eventRoutes,
  ...tokenRoutes,
];
