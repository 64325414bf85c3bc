import type { DecidedAccess } from '../../estate/decided-access.js';
import { decidedAccess, isAsDecided } from '../../policy/questions/decided-access.js';
import { archivingRule, isInForce, type ArchiveRule } from '../../policy/questions/archive-rules.js';
import type { ExternalAccess } from '../../policy/questions/external-access.js';
import type { Analyzer } from '../../store/analyzers-file.js';
import type { ExternalReport } from './external.js';

/** A finding that a rule says is meant to be. */
export interface ArchivedAccess {
  readonly finding: ExternalAccess;
  readonly rule: ArchiveRule;
}

/** The findings that stand, those that are meant to be, and the rules that hide nothing any more. */
export interface SortedFindings {
  readonly active: readonly ExternalAccess[];
  readonly archived: readonly ArchivedAccess[];
  /** Rules whose time is over: what they archived is active again. */
  readonly expired: readonly ArchiveRule[];
}

/**
 * Sorts findings by the rules of an analyzer. A rule about one finding ends when what the policy means for that principal
 * changes, and not when the policy's text does.
 */
export function archiveFindings(report: ExternalReport, { rules }: Analyzer, now: Date): SortedFindings {
  const { findings, shared, zone } = report;
  const active: ExternalAccess[] = [];
  const archived: ArchivedAccess[] = [];
  for (const finding of findings) {
    const analyzed = shared.get(finding.resourceArn);
    const isStill = (about: DecidedAccess): boolean =>
      analyzed !== undefined && isAsDecided(about, finding, analyzed, zone);
    const rule = archivingRule(finding, rules, now, isStill);
    if (rule === undefined) active.push(finding);
    else archived.push({ finding, rule });
  }
  return { active, archived, expired: rules.filter((rule) => !isInForce(rule, now)) };
}

/** What is kept of a finding when a rule is made about it. */
export function aboutFinding(finding: ExternalAccess, { findings, shared }: ExternalReport): DecidedAccess | undefined {
  const analyzed = shared.get(finding.resourceArn);
  return analyzed === undefined ? undefined : decidedAccess(finding, analyzed, findings);
}
