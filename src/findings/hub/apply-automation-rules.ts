import type { AutomationRulesFindingFieldsUpdate } from '@aws-sdk/client-securityhub';
import type { Stored } from '../../base/json.js';
import { readyCriteria, type AutomationRule, type ReadyCriterion } from './automation-rule.js';
import { changeFinding } from './change-finding.js';
import type { AsffFinding, FindingChange } from './finding-hub.js';

/** A rule made ready to be held against findings. */
export interface ReadyRule {
  readonly rule: AutomationRule;
  readonly criteria: readonly ReadyCriterion[];
}

/** What one rule said of a finding. */
export type AutomationVerdict = {
  readonly rule: AutomationRule;
  /** The finding as this rule saw it: with what the earlier ones changed. */
  readonly seen: AsffFinding;
} & (
  | { readonly is: 'matched'; readonly change: FindingChange }
  /** `criterion`: the first one that the finding does not fulfil. */
  | { readonly is: 'unmatched'; readonly criterion: string }
  /** A terminal rule matched before. */
  | { readonly is: 'unreached'; readonly terminal: string }
);

/**
 * Enabled rules in the order in which they are applied, made ready once for any number of findings.
 *
 * @param rules checked when they were made; of one that is none any more (its kind of criterion is gone) nothing matches.
 * @param now what `DateRange` counts back from.
 */
export function readyRules(rules: readonly AutomationRule[], now: Date): ReadyRule[] {
  return inOrder(rules.filter((rule) => !isDisabled(rule))).map((rule) => readyRule(rule, now));
}

export function isDisabled({ RuleStatus }: AutomationRule): boolean {
  return RuleStatus === 'DISABLED';
}

/** By `RuleOrder`, then by ARN. */
export function inOrder(rules: readonly AutomationRule[]): AutomationRule[] {
  return rules.toSorted((a, b) => (a.RuleOrder ?? 0) - (b.RuleOrder ?? 0) || compare(a.RuleArn, b.RuleArn));
}

/** A rule made ready. */
export function readyRule(rule: AutomationRule, now: Date): ReadyRule {
  const ready = readyCriteria(rule.Criteria ?? {}, now);
  if ('criteria' in ready) return { rule, criteria: ready.criteria };
  return { rule, criteria: [{ name: ready.mistake.field.replace('Criteria.', ''), matches: () => false }] };
}

/**
 * What automation rules make of a finding that was imported or updated by its product: in their order, each seeing what the
 * earlier ones changed, until a terminal one matches. Source: Security Hub user guide, "Automation rules".
 *
 * Rules are applied to what comes in, never to what they themselves change: a rule cannot trigger a rule, so there is no loop.
 *
 * O(rules): of each, as many criteria as hold and one more. Nothing is put into words here: of a million findings that no
 * rule is about, none costs a text. `explainCriterion` says why a rule did not match, of whom somebody asks.
 */
export function applyAutomationRules(
  finding: AsffFinding,
  rules: readonly ReadyRule[],
  now: Date,
): AutomationVerdict[] {
  const verdicts: AutomationVerdict[] = [];
  let seen = finding;
  let terminal: string | undefined;
  for (const { rule, criteria } of rules) {
    if (terminal !== undefined) {
      verdicts.push({ rule, seen, is: 'unreached', terminal });
      continue;
    }
    const failed = failedCriterion(seen, criteria);
    if (failed !== undefined) {
      verdicts.push({ rule, seen, is: 'unmatched', criterion: failed });
      continue;
    }
    const change = changeOf(rule);
    verdicts.push({ rule, seen, is: 'matched', change });
    seen = changedBy(seen, change, now);
    if (rule.IsTerminal === true) terminal = rule.RuleName ?? '';
  }
  return verdicts;
}

/** The first criterion that a finding does not fulfil; undefined when it fulfils all. */
export function failedCriterion(finding: AsffFinding, criteria: readonly ReadyCriterion[]): string | undefined {
  return criteria.find(({ matches }) => !matches(finding))?.name;
}

/** What a rule changes. The action's members are those of BatchUpdateFindings. */
export function changeOf({ Actions }: AutomationRule): FindingChange {
  const update: Stored<AutomationRulesFindingFieldsUpdate> = Actions?.[0]?.FindingFieldsUpdate ?? {};
  const given = Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined));
  return given as FindingChange;
}

/** A finding as a rule leaves it; as it was where the change is refused. */
export function changedBy(finding: AsffFinding, change: FindingChange, now: Date): AsffFinding {
  const outcome = changeFinding(finding, change, { now });
  return outcome.kind === 'changed' ? outcome.finding : finding;
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
