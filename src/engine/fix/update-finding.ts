import type { Finding } from '../../findings/finding.js';
import type { KeptFindings } from '../../store/kept-findings.js';
import type { FreshVerdict } from './verify.js';

/** Brings one kept finding up to date with a fresh verdict: only PASSED resolves it. */
export async function updateFinding(
  kept: KeptFindings,
  finding: Finding,
  verdict: Pick<FreshVerdict, 'status' | 'reasons'>,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const findings = await kept.read();
  const after = findings.map((known): Finding => {
    if (known.id !== finding.id) return known;
    if (verdict.status === 'absent') return { ...known, recordState: 'ARCHIVED', updatedAt: at };
    const suppressed = known.workflow === 'SUPPRESSED';
    const reopened = known.status === 'PASSED' && verdict.status !== 'PASSED';
    const workflow = suppressed
      ? 'SUPPRESSED'
      : verdict.status === 'PASSED'
        ? 'RESOLVED'
        : reopened
          ? 'NEW'
          : known.workflow;
    return { ...known, status: verdict.status, reasons: verdict.reasons, workflow, updatedAt: at, lastObservedAt: at };
  });
  await kept.write(after);
}
