import { applyAutomationRules, type AutomationRule } from './automation-rule.js';
import { knownVersions, versionOf } from './known-versions.js';
import type { Actor, AsffFinding, FindingHub, ImportContext, ImportOutcome } from './finding-hub.js';

/**
 * A hub whose automation rules are applied to everything that comes in, whoever brings it: products, scans, files. What the
 * rules change is no import, so no rule sees it again.
 */
export class AutomatedFindingHub implements FindingHub {
  private readonly hub: FindingHub;
  readonly documents: FindingHub['documents'];
  readonly changeFindings: FindingHub['changeFindings'];
  readonly findings: FindingHub['findings'];
  readonly history: FindingHub['history'];
  readonly countBy: FindingHub['countBy'];

  constructor(hub: FindingHub) {
    this.hub = hub;
    this.documents = hub.documents;
    this.changeFindings = hub.changeFindings.bind(hub);
    this.findings = hub.findings.bind(hub);
    this.history = hub.history.bind(hub);
    this.countBy = hub.countBy.bind(hub);
  }

  async importFindings(findings: readonly AsffFinding[], context: ImportContext): Promise<readonly ImportOutcome[]> {
    const outcomes = await this.hub.importFindings(findings, context);
    const rules = await this.documents.list<AutomationRule>('automation-rule');
    if (rules.length === 0) return outcomes;
    // Whoever died between an import and its rules sends it again; it then changes nothing.
    const again = findings.filter((_, index) => outcomes[index]?.kind === 'unchanged');
    const known = new Map<string, AsffFinding>();
    for (const finding of await knownVersions(this.hub, again)) {
      const isAsImported = await this.isAsImported(finding);
      known.set(versionOf(finding), isAsImported ? await this.automate(finding, rules, context.now) : finding);
    }
    const told: ImportOutcome[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if ('finding' in outcome) {
        told.push({ ...outcome, finding: await this.automate(outcome.finding, rules, context.now) });
      } else if (outcome.kind === 'unchanged') {
        told.push({ kind: 'unchanged', known: known.get(versionOf(findings[index] as AsffFinding)) ?? 'older' });
      } else told.push(outcome);
    }
    return told;
  }

  /** Nobody changed it since its product last did, no rule either. */
  private async isAsImported({ Id, ProductArn }: AsffFinding): Promise<boolean> {
    const { records } = await this.hub.history({ identifier: { Id, ProductArn }, limit: 1 });
    return records[0]?.actor.type === 'BATCH_IMPORT_FINDINGS';
  }

  private async automate(finding: AsffFinding, rules: readonly AutomationRule[], now: Date): Promise<AsffFinding> {
    const identifier = { Id: finding.Id, ProductArn: finding.ProductArn };
    let last = finding;
    for (const { change, ruleArn, ruleName } of applyAutomationRules(finding, rules, now).verdicts) {
      if (change === undefined) continue;
      const actor: Actor = { type: 'BATCH_UPDATE_FINDINGS', identity: ruleArn, reason: `automation rule ${ruleName}` };
      const [outcome] = await this.hub.changeFindings([identifier], change, { actor, now });
      if (outcome?.kind === 'changed') last = outcome.finding;
    }
    return last;
  }
}
