import { archivingRule, isInForce, type ArchiveRule } from '../../policy/questions/archive-rules.js';
import type { ExternalAccess } from '../../policy/questions/external-access.js';
import type { Analyzer } from '../../store/analyzers-file.js';

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
 * Sorts findings by the rules of an analyzer. A finding's id follows from what the policy means, so a rule about one
 * finding ends when that meaning changes, and not when the policy's text does.
 */
export function archiveFindings(findings: readonly ExternalAccess[], { rules }: Analyzer, now: Date): SortedFindings {
  const active: ExternalAccess[] = [];
  const archived: ArchivedAccess[] = [];
  for (const finding of findings) {
    const rule = archivingRule(finding, rules, now);
    if (rule === undefined) active.push(finding);
    else archived.push({ finding, rule });
  }
  return { active, archived, expired: rules.filter((rule) => !isInForce(rule, now)) };
}
