import type { Finding } from '../../findings/finding.js';
import type { ReportContext, Writer } from './writer.js';

/** JUnit XML: a suite for each control, a case for each resource. What could not be evaluated is an error, never a pass. */
export const junit: Writer = function* (findings, context) {
  const suites = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.recordState !== 'ACTIVE') continue;
    suites.set(finding.controlId, [...(suites.get(finding.controlId) ?? []), finding]);
  }
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="hikeshi">\n';
  for (const [controlId, cases] of [...suites].sort(([a], [b]) => (a < b ? -1 : 1))) {
    yield* suite(controlId, cases, context);
  }
  yield '</testsuites>\n';
};

function* suite(controlId: string, cases: readonly Finding[], context: ReportContext): Iterable<string> {
  const failures = cases.filter(({ status, workflow }) => status === 'FAILED' && workflow !== 'SUPPRESSED').length;
  const errors = cases.filter(({ status }) => status === 'NOT_AVAILABLE').length;
  const skipped = cases.filter(({ status, workflow }) => status === 'FAILED' && workflow === 'SUPPRESSED').length;
  const name = escape(`${controlId} ${context.controlOf(controlId).title}`);
  yield ` <testsuite name="${name}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" timestamp="${context.scannedAt}">\n`;
  for (const finding of cases) {
    const why = escape(finding.reasons.map(({ text }) => text).join('; '));
    const where = `classname="${escape(`${finding.accountId}.${finding.region}`)}" name="${escape(finding.resourceArn)}"`;
    yield `  <testcase ${where}>${outcome(finding, why)}</testcase>\n`;
  }
  yield ' </testsuite>\n';
}

function outcome(finding: Finding, why: string): string {
  if (finding.status === 'PASSED') return '';
  if (finding.status === 'NOT_AVAILABLE') return `<error message="${why}"/>`;
  if (finding.workflow === 'SUPPRESSED') return '<skipped message="suppressed"/>';
  return `<failure type="${finding.severity}" message="${why}"/>`;
}

/** XML 1.0 text: markup escaped, characters XML forbids replaced. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '�')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, ' ');
}
