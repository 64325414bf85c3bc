import type { AnyControl } from '../../controls/control.js';
import { evaluateAccount, type Result } from '../../controls/evaluate.js';
import { hides } from '../../controls/surroundings.js';
import type { EstateHeader, Gap } from '../../estate/estate.js';
import type { Snapshot } from '../../estate/snapshot.js';
import type { Finding } from '../../findings/finding.js';
import { reconcile } from '../../findings/reconcile.js';
import type { KeptFindings } from '../../store/kept-findings.js';
import type { Report } from '../event.js';

/** What judging a snapshot needs. */
export interface JudgeOptions {
  readonly snapshot: Snapshot;
  readonly controls: readonly AnyControl[];
  /** Where findings are kept from scan to scan. */
  readonly findings: KeptFindings;
  readonly now: Date;
  readonly report: Report;
}

/**
 * Evaluates controls on a snapshot, account by account, and brings the kept findings up to date.
 *
 * @returns the findings of the accounts and controls that were judged.
 */
export async function judge({ snapshot, controls, findings, now, report }: JudgeOptions): Promise<Finding[]> {
  const collectedAt = new Date(snapshot.header.collectedAt);
  const results: Result[] = [];
  let done = 0;
  for await (const { accountId, estate } of snapshot.accounts()) {
    for (const result of evaluateAccount(estate, accountId, controls, collectedAt)) results.push(result);
    done += 1;
    report({ kind: 'account-evaluated', accountId, done, all: snapshot.header.accounts.length });
  }
  const before = await findings.read();
  const covers = coverage(snapshot.header, snapshot.gaps, controls);
  const { partition } = snapshot.header;
  const after = reconcile(before, { partition, now, controls, results, covers });
  await findings.write(after);
  const judged = new Set(controls.map(({ id }) => id));
  const accounts = new Set(snapshot.header.accounts.map(({ accountId }) => accountId));
  return after.filter((finding) => judged.has(finding.controlId) && accounts.has(finding.accountId));
}

/** Whether a finding's resource would have been seen again, had it still been there. */
function coverage(
  header: EstateHeader,
  gaps: readonly Gap[],
  controls: readonly AnyControl[],
): (finding: Finding) => boolean {
  const judged = new Set(controls.map(({ id }) => id));
  const regionsOf = new Map(
    header.accounts.map(({ accountId, regions }) => [accountId, new Set(['global', '*', ...regions])]),
  );
  return (finding) =>
    judged.has(finding.controlId) &&
    header.types.includes(finding.resourceType) &&
    regionsOf.get(finding.accountId)?.has(finding.region) === true &&
    !gaps.some((gap) => hides(gap, finding.accountId, finding.resourceType, finding.region));
}
