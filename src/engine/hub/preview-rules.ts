import { compileRules, matchEvent } from '../../events/machine.js';
import { parsePattern } from '../../events/pattern.js';
import { failedCriterion } from '../../findings/hub/apply-automation-rules.js';
import { automationRuleMistake, readyCriteria, type AutomationRule } from '../../findings/hub/automation-rule.js';
import type { Finding } from '../../findings/finding.js';
import { findingFromAsff } from '../../findings/from-asff.js';
import type { AsffFinding, FindingFilters, FindingHub } from '../../findings/hub/finding-hub.js';
import { importedEvent } from '../../findings/hub/security-hub-events.js';
import type { AnyControl } from '../../controls/control.js';
import { isInvalid } from '../../base/checked.js';
import { parseEventRule } from '../decide/event-rule.js';
import { matchScope, type ScopeFacts } from '../scope/scope.js';
import type { InvalidRule, RulePreview } from './rules.js';

/** Findings that a preview looks at, newest first: what it costs does not grow with what there is. */
const EXAMINED_MAX = 10_000;
const PAGE = 100;

/** Which findings, and how many of those that match are shown. */
export interface PreviewOptions {
  readonly limit: number;
  readonly accounts?: readonly string[];
}

export interface PreviewContext {
  readonly findings: FindingHub;
  readonly controls: readonly AnyControl[];
  readonly factsOf: (finding: Finding) => Promise<ScopeFacts>;
  readonly now: () => Date;
}

/**
 * What an event rule would match if each finding came in again now: by its pattern, and by its scope. A finding of which it is
 * not known whether it is in scope is not matched, as when the rule decides.
 */
export async function previewEventRule(
  context: PreviewContext,
  document: unknown,
  options: PreviewOptions,
): Promise<RulePreview | InvalidRule> {
  const rule = parseEventRule(document);
  if (isInvalid(rule)) return rule;
  const parsed = parsePattern(rule.pattern);
  if ('error' in parsed) return { invalid: { field: 'rule.pattern', rule: parsed.error.message } };
  const machine = compileRules([{ name: rule.name, pattern: parsed.pattern }]);
  return preview(context.findings, {}, options, async (asff) => {
    if (matchEvent(machine, importedEvent(asff, { now: context.now() })).length === 0) return false;
    if (rule.scope === undefined) return true;
    const finding = findingFromAsff(asff, context.controls);
    if (typeof finding === 'string') return false;
    return matchScope(rule.scope, await context.factsOf(finding)).is === 'in';
  });
}

/** What an automation rule would change if each finding came in again now. Other rules are not looked at. */
export async function previewAutomationRule(
  { findings, now }: PreviewContext,
  rule: Partial<AutomationRule>,
  options: PreviewOptions,
): Promise<RulePreview | InvalidRule> {
  const wrong = automationRuleMistake(rule);
  if (wrong !== undefined) return { invalid: { field: `rule.${wrong.field}`, rule: wrong.message } };
  const { Criteria = {} } = rule;
  const ready = readyCriteria(Criteria, now());
  if ('mistake' in ready) return { invalid: { field: `rule.${ready.mistake.field}`, rule: ready.mistake.message } };
  return preview(findings, narrowed(Criteria), options, (finding) =>
    Promise.resolve(failedCriterion(finding, ready.criteria) === undefined),
  );
}

/** Those criteria that a listing can filter by already: they let through all that match, and more. */
function narrowed(criteria: NonNullable<AutomationRule['Criteria']>): FindingFilters {
  const names = ['AwsAccountId', 'SeverityLabel', 'RecordState', 'WorkflowStatus', 'ComplianceStatus', 'ProductName'];
  const usable = Object.entries(criteria).filter(
    ([name, list]) =>
      names.includes(name) &&
      Array.isArray(list) &&
      list.length > 0 &&
      list.length <= 20 &&
      list.every((each) => 'Comparison' in each && each.Comparison === 'EQUALS'),
  );
  return Object.fromEntries(usable) as FindingFilters;
}

async function preview(
  hub: FindingHub,
  filters: FindingFilters,
  { limit, accounts }: PreviewOptions,
  matches: (finding: AsffFinding) => Promise<boolean>,
): Promise<RulePreview> {
  const shown: AsffFinding[] = [];
  let matched = 0;
  let examined = 0;
  let after: string | undefined;
  do {
    const page = await hub.findings({
      filters,
      limit: PAGE,
      ...(accounts === undefined ? {} : { accounts }),
      ...(after === undefined ? {} : { after }),
    });
    for (const finding of page.findings) {
      examined += 1;
      if (!(await matches(finding))) continue;
      matched += 1;
      if (shown.length < limit) shown.push(finding);
    }
    after = page.next;
  } while (after !== undefined && examined < EXAMINED_MAX);
  return { matched, examined, complete: after === undefined, findings: shown };
}
