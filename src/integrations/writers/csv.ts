import { shortId } from '../../findings/finding.js';
import type { Writer } from './writer.js';

const COLUMNS = [
  'id',
  'control',
  'title',
  'severity',
  'status',
  'workflow',
  'record_state',
  'account_id',
  'account_name',
  'region',
  'resource_type',
  'resource_arn',
  'reason',
  'first_observed_at',
  'last_observed_at',
] as const;

/** RFC 4180 with a header line. Cells that a spreadsheet would run as a formula are defused with an apostrophe (CWE-1236). */
export const csv: Writer = function* (findings, context) {
  yield `${COLUMNS.join(',')}\r\n`;
  for (const finding of findings) {
    const cells = [
      shortId(finding),
      finding.controlId,
      context.controlOf(finding.controlId).title,
      finding.severity,
      finding.status,
      finding.workflow,
      finding.recordState,
      finding.accountId,
      context.accountName(finding.accountId),
      finding.region,
      finding.resourceType,
      finding.resourceArn,
      finding.reasons.map(({ text }) => text).join('; '),
      finding.firstObservedAt,
      finding.lastObservedAt,
    ];
    yield `${cells.map(cell).join(',')}\r\n`;
  }
};

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
