import {
  changedBy,
  changeOf,
  failedCriterion,
  inOrder,
  isDisabled,
  readyRule,
} from '../../findings/hub/apply-automation-rules.js';
import type { AutomationRule } from '../../findings/hub/automation-rule.js';
import { asItCame, type AsItCame } from '../../findings/hub/as-it-came.js';
import { explainCriterion } from '../../findings/hub/explain-criterion.js';
import type { AsffFinding, FindingHub, HistoryRecord } from '../../findings/hub/finding-hub.js';
import { updatesBetween } from '../../findings/hub/updates-between.js';
import type { AutomationFirings, KeptFiring } from '../../store/postgres/events/automation-firings.js';
import type { RuleVerdict } from './rules.js';

/** Where it is kept which automation rules fired. */
export type FiringsOf = Pick<AutomationFirings, 'of'>;

/**
 * What automation rules said of a finding when it last came in. What fired is recorded, with the rule as it read then. What
 * did not is judged again: by each rule as it reads now, on the finding as it came in, with what the rules before it made of
 * it. Of a rule that was changed since, it is not known what it said then: that is said, and what it says now.
 * O(rules + changes since the finding came in).
 *
 * @param now the finding as it is now, judged in place of what its history no longer tells.
 */
export async function explainAutomation(
  hub: Pick<FindingHub, 'documents' | 'history'>,
  firings: FiringsOf,
  now: AsffFinding,
  clock: Date,
): Promise<{ readonly came?: AsItCame; readonly verdicts: readonly RuleVerdict[] }> {
  const rules = await hub.documents.list<AutomationRule>('automation-rule');
  const came = await asItCame(hub, now);
  if (came === undefined) return { verdicts: judge(rules, [], { finding: now, at: clock }) };
  const fired = await firings.of({ Id: now.Id, ProductArn: now.ProductArn }, came.at);
  return { came, verdicts: judge(rules, fired, came) };
}

type Arrival = Pick<AsItCame, 'finding' | 'at'>;

/** Rules in their order: those there are, and those that fired, as they were. */
function judge(
  rules: readonly AutomationRule[],
  fired: readonly KeptFiring[],
  { finding, at }: Arrival,
): readonly RuleVerdict[] {
  const firings = new Map(fired.map((firing) => [versionOf(firing.rule), firing]));
  const others = rules.filter((rule) => !firings.has(versionOf(rule)));
  const verdicts: RuleVerdict[] = [];
  let seen = finding;
  let terminal: string | undefined;
  for (const rule of inOrder([...others, ...[...firings.values()].map((firing) => firing.rule)])) {
    const firing = firings.get(versionOf(rule));
    const verdict = firing === undefined ? unrecorded(rule, { finding: seen, at }, terminal) : recorded(firing, seen);
    verdicts.push(verdict);
    if (!verdict.matched || verdict.judged === 'now') continue;
    if (firing?.refused === undefined) seen = changedBy(seen, changeOf(rule), at);
    if (rule.IsTerminal === true) terminal = rule.RuleName ?? '';
  }
  return verdicts;
}

function recorded({ rule, at, refused }: KeptFiring, seen: AsffFinding): RuleVerdict {
  const updates = refused === undefined ? updatesOf(rule, seen, new Date(at)) : [];
  const did = refused === undefined ? wordsOf(updates) : `its change was refused: ${refused}`;
  return { ...named(rule), matched: true, judged: 'recorded', at, updates, why: `every criterion held; ${did}` };
}

/** A rule of which no record says that it fired: judged again, as it reads now. */
function unrecorded(rule: AutomationRule, { finding, at }: Arrival, terminal: string | undefined): RuleVerdict {
  const { UpdatedAt = '' } = rule;
  const isChanged = Date.parse(UpdatedAt) > at.getTime();
  const since = isChanged ? `changed at ${UpdatedAt}, after the finding came in; as it reads now: ` : '';
  const told = { ...named(rule), judged: isChanged ? 'now' : 'again', at: at.toISOString() } as const;
  const not = (why: string): RuleVerdict => ({ ...told, matched: false, why: since + why });
  if (isDisabled(rule)) return not('it is switched off');
  if (terminal !== undefined) return not(`the terminal rule ${terminal} came before`);
  const failed = failedCriterion(finding, readyRule(rule, at).criteria);
  if (failed !== undefined) {
    const wanted = (rule.Criteria as Readonly<Record<string, readonly unknown[]>> | undefined)?.[failed] ?? [];
    const { why, ...explanation } = explainCriterion(failed, wanted, finding);
    return { ...not(why), failed: explanation };
  }
  const updates = updatesOf(rule, finding, at);
  const why = isChanged
    ? 'it would match'
    : 'every criterion holds, and no record says that it fired: there may be none any more';
  return { ...told, matched: true, updates, why: `${since}${why}; ${wordsOf(updates)}` };
}

function named({ RuleName = '', RuleArn = '', UpdatedAt = '' }: AutomationRule) {
  return { kind: 'automation', rule: RuleName, arn: RuleArn, version: UpdatedAt } as const;
}

function versionOf({ RuleArn = '', UpdatedAt = '' }: AutomationRule): string {
  return `${RuleArn} ${UpdatedAt}`;
}

function updatesOf(rule: AutomationRule, finding: AsffFinding, at: Date): HistoryRecord['updates'] {
  return updatesBetween(finding, changedBy(finding, changeOf(rule), at));
}

function wordsOf(updates: HistoryRecord['updates']): string {
  if (updates.length === 0) return 'there was nothing to change';
  return updates.map(({ field, before = 'nothing', after = 'nothing' }) => `${field}: ${before} → ${after}`).join(', ');
}
