import { implement } from '../../implement.js';
import { accessPreviews } from './access-previews.js';
import { analyzedResources } from './analyzed-resources.js';
import { analyzers } from './analyzers.js';
import { archiveRules } from './archive-rules.js';
import { checks } from './checks.js';
import { findings } from './findings.js';
import { validation } from './validate-policy.js';

/** Access Analyzer on the twin. */
export const service = implement(
  'accessanalyzer',
  analyzers,
  findings,
  archiveRules,
  analyzedResources,
  checks,
  validation,
  accessPreviews,
);
