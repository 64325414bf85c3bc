import { parsePattern } from '../../events/pattern.js';
import { interpret } from '../../events/interpret.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { findingFromAsff } from '../../findings/from-asff.js';
import { importedEvent } from '../../findings/hub/security-hub-events.js';
import { whyNot } from '../decide/decide.js';
import type { EventRule } from '../decide/event-rule.js';
import { parseEvent } from '../decide/hub-event.js';
import { isInvalid } from '../../base/checked.js';
import { matchScope } from '../scope/scope.js';
import { explainAutomation, type FiringsOf } from './explain-automation.js';
import type { PreviewContext } from './preview-rules.js';
import type { RuleExplanation, RuleVerdict } from './rules.js';

/**
 * What every rule says of a finding: automation rules what they said when it last came in, event rules what they would say if
 * it came in again as it is now. O(rules + changes since it came in).
 */
export async function explainRules(
  { findings, controls, factsOf, now }: PreviewContext,
  firings: FiringsOf,
  eventRules: readonly EventRule[],
  finding: AsffFinding,
): Promise<RuleExplanation> {
  const { came, verdicts } = await explainAutomation(findings, firings, finding, now());
  const told: RuleVerdict[] = [...verdicts];
  for (const rule of eventRules) told.push(await explainEventRule(rule, finding, { controls, factsOf, now }));
  return {
    ...(came === undefined ? {} : { came: { at: came.at.toISOString(), by: came.by.identity } }),
    verdicts: told,
  };
}

async function explainEventRule(
  { name, enabled, pattern: given, scope }: EventRule,
  asff: AsffFinding,
  { controls, factsOf, now }: Omit<PreviewContext, 'findings'>,
): Promise<RuleVerdict> {
  const say = (matched: boolean, why: string): RuleVerdict => {
    return { kind: 'event', rule: name, matched, why, judged: 'now', at: now().toISOString() };
  };
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
