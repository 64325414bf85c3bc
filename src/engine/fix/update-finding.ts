import type { Finding } from '../../findings/finding.js';
import type { FindingsFile } from '../../store/findings-file.js';
import type { FreshVerdict } from './verify.js';

/** Brings one kept finding up to date with a fresh verdict: only PASSED resolves it. */
export async function updateFinding(
  file: FindingsFile,
  finding: Finding,
  verdict: Pick<FreshVerdict, 'status' | 'reasons'>,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const findings = await file.read();
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
  await file.write(after);
}
