import { sameJson } from '../../base/json.js';
import { applyAutomationRules, readyRules, type ReadyRule } from './apply-automation-rules.js';
import type { AutomationFiring, AutomationLog } from './automation-log.js';
import type { AutomationRule } from './automation-rule.js';
import { knownVersions, versionOf } from './known-versions.js';
import type { Actor, AsffFinding, FindingHub, ImportContext, ImportOutcome } from './finding-hub.js';

/**
 * A hub whose automation rules are applied to everything that comes in, whoever brings it: products, scans, files. What the
 * rules change is no import, so no rule sees it again.
 */
export class AutomatedFindingHub implements FindingHub {
  private readonly hub: FindingHub;
  private readonly log: AutomationLog | undefined;
  readonly documents: FindingHub['documents'];
  readonly changeFindings: FindingHub['changeFindings'];
  readonly findings: FindingHub['findings'];
  readonly history: FindingHub['history'];
  readonly countBy: FindingHub['countBy'];

  /** @param log told which rules fired; of no one unless given. */
  constructor(hub: FindingHub, log?: AutomationLog) {
    this.hub = hub;
    this.log = log;
    this.documents = hub.documents;
    this.changeFindings = hub.changeFindings.bind(hub);
    this.findings = hub.findings.bind(hub);
    this.history = hub.history.bind(hub);
    this.countBy = hub.countBy.bind(hub);
  }

  async importFindings(findings: readonly AsffFinding[], context: ImportContext): Promise<readonly ImportOutcome[]> {
    const outcomes = await this.hub.importFindings(findings, context);
    const rules = readyRules(await this.documents.list<AutomationRule>('automation-rule'), context.now);
    if (rules.length === 0) return outcomes;
    const fired: Fired[] = [];
    const automate = (finding: AsffFinding, by: readonly ReadyRule[] = rules) =>
      this.automate(finding, by, context.now);
    // Whoever died between an import and its rules sends it again; it then changes nothing.
    const again = findings.filter((_, index) => outcomes[index]?.kind === 'unchanged');
    const known = new Map<string, AsffFinding>();
    for (const finding of await knownVersions(this.hub, again)) {
      const automated = await automate(finding, await this.restOf(rules, finding));
      known.set(versionOf(finding), automated.finding);
      // What had nothing to do the first time, has nothing to do every time it is sent again.
      fired.push(...automated.fired.filter(({ isChange }) => isChange));
    }
    const told: ImportOutcome[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if ('finding' in outcome) {
        const automated = await automate(outcome.finding);
        fired.push(...automated.fired);
        told.push({ ...outcome, finding: automated.finding });
      } else if (outcome.kind === 'unchanged') {
        told.push({ kind: 'unchanged', known: known.get(versionOf(findings[index] as AsffFinding)) ?? 'older' });
      } else told.push(outcome);
    }
    if (fired.length > 0) await this.log?.record(fired.map(({ firing }) => firing));
    return told;
  }

  /**
   * The rules that a finding which was sent again is still to meet: all where nobody changed it since its product last did;
   * those after the rule that changed it last; none where that was a person.
   */
  private async restOf(rules: readonly ReadyRule[], { Id, ProductArn }: AsffFinding): Promise<readonly ReadyRule[]> {
    const { records } = await this.hub.history({ identifier: { Id, ProductArn }, limit: 1 });
    const actor = records[0]?.actor;
    if (actor?.type === 'BATCH_IMPORT_FINDINGS') return rules;
    const place = rules.findIndex(({ rule }) => rule.RuleArn === actor?.identity);
    return place < 0 || rules[place]?.rule.IsTerminal === true ? [] : rules.slice(place + 1);
  }

  private async automate(
    finding: AsffFinding,
    rules: readonly ReadyRule[],
    now: Date,
  ): Promise<{ readonly finding: AsffFinding; readonly fired: readonly Fired[] }> {
    const identifier = { Id: finding.Id, ProductArn: finding.ProductArn };
    const fired: Fired[] = [];
    let last = finding;
    for (const verdict of applyAutomationRules(finding, rules, now)) {
      if (verdict.is !== 'matched') continue;
      const { rule, change } = verdict;
      const { RuleArn: identity = '', RuleName = '' } = rule;
      const actor: Actor = { type: 'BATCH_UPDATE_FINDINGS', identity, reason: `automation rule ${RuleName}` };
      const [outcome] = await this.hub.changeFindings([identifier], change, { actor, now });
      const isChange = outcome?.kind === 'changed' && !sameJson(outcome.before, outcome.finding);
      if (outcome?.kind === 'changed') last = outcome.finding;
      const refused = outcome?.kind === 'refused' ? { refused: outcome.message } : {};
      fired.push({
        isChange,
        firing: { identifier, accountId: finding.AwsAccountId ?? '', at: now, rule, ...refused },
      });
    }
    return { finding: last, fired };
  }
}

interface Fired {
  readonly firing: AutomationFiring;
  /** Whether it left the finding another one. */
  readonly isChange: boolean;
}
