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
    const firings: AutomationFiring[] = [];
    const automate = (finding: AsffFinding) => this.automate(finding, rules, context.now, firings);
    // Whoever died between an import and its rules sends it again; it then changes nothing.
    const again = findings.filter((_, index) => outcomes[index]?.kind === 'unchanged');
    const known = new Map<string, AsffFinding>();
    for (const finding of await knownVersions(this.hub, again)) {
      known.set(versionOf(finding), (await this.isAsImported(finding)) ? await automate(finding) : finding);
    }
    const told: ImportOutcome[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if ('finding' in outcome) {
        told.push({ ...outcome, finding: await automate(outcome.finding) });
      } else if (outcome.kind === 'unchanged') {
        told.push({ kind: 'unchanged', known: known.get(versionOf(findings[index] as AsffFinding)) ?? 'older' });
      } else told.push(outcome);
    }
    if (firings.length > 0) await this.log?.record(firings);
    return told;
  }

  /** Nobody changed it since its product last did, no rule either. */
  private async isAsImported({ Id, ProductArn }: AsffFinding): Promise<boolean> {
    const { records } = await this.hub.history({ identifier: { Id, ProductArn }, limit: 1 });
    return records[0]?.actor.type === 'BATCH_IMPORT_FINDINGS';
  }

  /** @param firings which rules matched, appended. */
  private async automate(
    finding: AsffFinding,
    rules: readonly ReadyRule[],
    now: Date,
    firings: AutomationFiring[],
  ): Promise<AsffFinding> {
    const identifier = { Id: finding.Id, ProductArn: finding.ProductArn };
    let last = finding;
    for (const verdict of applyAutomationRules(finding, rules, now)) {
      if (verdict.is !== 'matched') continue;
      const { rule, change } = verdict;
      const { RuleArn: identity = '', RuleName = '' } = rule;
      const actor: Actor = { type: 'BATCH_UPDATE_FINDINGS', identity, reason: `automation rule ${RuleName}` };
      const [outcome] = await this.hub.changeFindings([identifier], change, { actor, now });
      if (outcome?.kind === 'changed') last = outcome.finding;
      const refused = outcome?.kind === 'refused' ? { refused: outcome.message } : {};
      firings.push({ identifier, accountId: finding.AwsAccountId ?? '', at: now, rule, ...refused });
    }
    return last;
  }
}
