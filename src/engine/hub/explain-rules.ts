import { parsePattern } from '../../events/pattern.js';
import { interpret } from '../../events/interpret.js';
import { applyAutomationRules, type AutomationRule } from '../../findings/hub/automation-rule.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { findingFromAsff } from '../../findings/from-asff.js';
import { importedEvent } from '../../findings/hub/security-hub-events.js';
import { whyNot } from '../decide/decide.js';
import type { EventRule } from '../decide/event-rule.js';
import { parseEvent } from '../decide/hub-event.js';
import { isInvalid } from '../../base/checked.js';
import { matchScope } from '../scope/scope.js';
import type { PreviewContext } from './preview-rules.js';
import type { RuleVerdict } from './rules.js';

/**
 * What every rule would say of a finding if it came in again as it is now: automation rules in their order, each seeing what
 * the earlier ones changed, then event rules. O(rules).
 */
export async function explainRules(
  { findings, controls, factsOf, now }: PreviewContext,
  eventRules: readonly EventRule[],
  asff: AsffFinding,
): Promise<RuleVerdict[]> {
  const rules = await findings.documents.list<AutomationRule>('automation-rule');
  const { finding, verdicts } = applyAutomationRules(asff, rules, now());
  const told: RuleVerdict[] = verdicts.map(({ ruleName: rule, matched, why }) => ({
    kind: 'automation',
    ...{ rule, matched, why },
  }));
  for (const rule of eventRules) told.push(await explainEventRule(rule, finding, { controls, factsOf, now }));
  return told;
}

async function explainEventRule(
  { name, enabled, pattern: given, scope }: EventRule,
  asff: AsffFinding,
  { controls, factsOf, now }: Omit<PreviewContext, 'findings'>,
): Promise<RuleVerdict> {
  const say = (matched: boolean, why: string): RuleVerdict => ({ kind: 'event', rule: name, matched, why });
  if (!enabled) return say(false, 'it is switched off');
  const parsed = parsePattern(given);
  if ('error' in parsed) return say(false, parsed.error.message);
  const event = parseEvent(importedEvent(asff, { now: now() }));
  if (isInvalid(event)) return say(false, `${event.invalid.field}: ${event.invalid.rule}`);
  if (!interpret(parsed.pattern, event)) return say(false, whyNot(parsed.pattern, event));
  if (scope === undefined) return say(true, 'its pattern matches');
  const finding = findingFromAsff(asff, controls);
  if (typeof finding === 'string') return say(false, finding);
  const match = matchScope(scope, await factsOf(finding));
  return match.is === 'in' ? say(true, 'its pattern matches, and it is in scope') : say(false, match.why);
}
