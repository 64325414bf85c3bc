import type { AnyControl } from '../../controls/control.js';
import { evaluateAccount, type Result } from '../../controls/evaluate.js';
import { hides } from '../../controls/surroundings.js';
import { GLOBAL, type EstateHeader, type Gap } from '../../estate/estate.js';
import type { Snapshot } from '../../estate/snapshot.js';
import type { Finding } from '../../findings/finding.js';
import { reconcile } from '../../findings/reconcile.js';
import type { KeptFindings } from '../../store/kept-findings.js';
import type { Place } from '../discover/selection.js';
import type { Report } from '../event.js';

/** What judging a snapshot needs. */
export interface JudgeOptions {
  readonly snapshot: Snapshot;
  /** What of the snapshot is judged; absent: all. */
  readonly selected?: (place: Place) => boolean;
  readonly controls: readonly AnyControl[];
  /** Where findings are kept from scan to scan. */
  readonly findings: KeptFindings;
  readonly now: Date;
  readonly report: Report;
}

const everywhere = (): boolean => true;

/**
 * Evaluates controls on a snapshot, account by account, and brings the kept findings up to date.
 *
 * @returns the findings of the accounts and controls that were judged, and how many resources lay there.
 */
export async function judge(options: JudgeOptions): Promise<{ findings: Finding[]; resources: number }> {
  const { snapshot, controls, findings, now, report, selected = everywhere } = options;
  const collectedAt = new Date(snapshot.header.collectedAt);
  const all = snapshot.header.accounts.map(({ accountId }) => accountId);
  const accounts = new Set(all.filter((accountId) => selected({ accountId, region: GLOBAL })));
  const results: Result[] = [];
  let done = 0;
  let resources = selected === everywhere ? snapshot.resources : 0;
  for await (const { accountId, estate } of snapshot.accounts()) {
    if (!accounts.has(accountId)) continue;
    for (const result of evaluateAccount(estate, accountId, controls, collectedAt)) {
      if (selected(result)) results.push(result);
    }
    if (selected !== everywhere)
      for (const resource of estate.all({ accountId })) if (selected(resource)) resources += 1;
    done += 1;
    report({ kind: 'account-evaluated', accountId, done, all: accounts.size });
  }
  const before = await findings.read();
  const wasRead = coverage(snapshot.header, snapshot.gaps, controls);
  const covers = (finding: Finding): boolean => selected(finding) && wasRead(finding);
  const { partition } = snapshot.header;
  const after = reconcile(before, { partition, now, controls, results, covers });
  await findings.write(after);
  const judged = new Set(controls.map(({ id }) => id));
  const judgedNow = after.filter(
    (finding) => judged.has(finding.controlId) && accounts.has(finding.accountId) && selected(finding),
  );
  return { findings: judgedNow, resources };
}

/** Whether a finding's resource would have been seen again, had it still been there. */
function coverage(
  header: EstateHeader,
  gaps: readonly Gap[],
  controls: readonly AnyControl[],
): (finding: Finding) => boolean {
  const judged = new Set(controls.map(({ id }) => id));
  const regionsOf = new Map(
    header.accounts.map(({ accountId, regions }) => [accountId, new Set([GLOBAL, '*', ...regions])]),
  );
  return (finding) =>
    judged.has(finding.controlId) &&
    header.types.includes(finding.resourceType) &&
    regionsOf.get(finding.accountId)?.has(finding.region) === true &&
    !gaps.some((gap) => hides(gap, finding.accountId, finding.resourceType, finding.region));
}
