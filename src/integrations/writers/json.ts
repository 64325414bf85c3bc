import { shortId, type Finding } from '../../findings/finding.js';
import type { ReportContext, Writer } from './writer.js';

/** The version of the JSON shape below. It grows only by new members; anything else is a new version. */
const VERSION = 1;

/** A finding as `--output json` and `jsonl` show it. */
function plain(finding: Finding, context: ReportContext): Record<string, unknown> {
  return {
    id: finding.id,
    shortId: shortId(finding),
    control: finding.controlId,
    title: context.controlOf(finding.controlId).title,
    severity: finding.severity,
    status: finding.status,
    workflow: finding.workflow,
    recordState: finding.recordState,
    accountId: finding.accountId,
    accountName: context.accountName(finding.accountId),
    region: finding.region,
    resourceType: finding.resourceType,
    resourceArn: finding.resourceArn,
    reasons: finding.reasons,
    firstObservedAt: finding.firstObservedAt,
    lastObservedAt: finding.lastObservedAt,
    updatedAt: finding.updatedAt,
  };
}

/** One JSON document: `{ version, scannedAt, gaps: [...], findings: [...] }`. */
export const json: Writer = function* (findings, context) {
  const { scannedAt, gaps = [] } = context;
  yield `{"version":${VERSION},"scannedAt":${JSON.stringify(scannedAt)},"gaps":${JSON.stringify(gaps)},"findings":[`;
  let separator = '\n';
  for (const finding of findings) {
    yield `${separator}${JSON.stringify(plain(finding, context))}`;
    separator = ',\n';
  }
  yield '\n]}\n';
};

/** One finding a line. */
export const jsonl: Writer = function* (findings, context) {
  for (const finding of findings) yield `${JSON.stringify(plain(finding, context))}\n`;
};
