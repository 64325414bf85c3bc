import { isOpen, shortId, type Finding } from '../../findings/finding.js';
import type { Severity } from '../../controls/control.js';
import type { ReportContext, Writer } from './writer.js';

const SEVERITIES: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** How many findings of one control are listed; the rest is counted. */
const LISTED_MAX = 50;

/** A report for people: a summary by severity, then the open findings by control. Also fit for a CI job summary. */
export const markdown: Writer = function* (findings, context) {
  const all = [...findings];
  const open = all.filter(isOpen);
  const unknown = all.filter(({ status, recordState }) => status === 'NOT_AVAILABLE' && recordState === 'ACTIVE');
  yield `# Hikeshi report\n\nEstate read at ${context.scannedAt}.\n\n`;
  yield `| severity | open findings |\n| --- | ---: |\n`;
  for (const severity of SEVERITIES) {
    yield `| ${severity} | ${open.filter((finding) => finding.severity === severity).length} |\n`;
  }
  yield `\n${all.filter(({ status }) => status === 'PASSED').length} passed, ${open.length} failed, ${unknown.length} could not be evaluated.\n`;
  for (const [controlId, group] of byControl(open)) yield* section(controlId, group, context);
  if (unknown.length > 0) yield* notEvaluated(unknown);
};

function byControl(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  const ranked = [...findings].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.controlId < b.controlId ? -1 : 1),
  );
  for (const finding of ranked) groups.set(finding.controlId, [...(groups.get(finding.controlId) ?? []), finding]);
  return groups;
}

function* section(controlId: string, group: readonly Finding[], context: ReportContext): Iterable<string> {
  const control = context.controlOf(controlId);
  yield `\n## ${controlId}: ${escape(control.title)} (${control.severity}, ${group.length})\n\n`;
  yield `| id | account | region | resource | why |\n| --- | --- | --- | --- | --- |\n`;
  for (const finding of group.slice(0, LISTED_MAX)) {
    const account = `${finding.accountId} ${context.accountName(finding.accountId)}`;
    const why = finding.reasons.map(({ text }) => text).join('; ');
    yield `| ${shortId(finding)} | ${escape(account)} | ${finding.region} | ${escape(finding.resourceArn)} | ${escape(why)} |\n`;
  }
  if (group.length > LISTED_MAX) yield `\n… and ${group.length - LISTED_MAX} more.\n`;
}

function* notEvaluated(findings: readonly Finding[]): Iterable<string> {
  yield `\n## Could not be evaluated (${findings.length})\n\n| control | account | region | why |\n| --- | --- | --- | --- |\n`;
  for (const finding of findings.slice(0, LISTED_MAX)) {
    const why = finding.reasons.map(({ text }) => text).join('; ');
    yield `| ${finding.controlId} | ${finding.accountId} | ${finding.region} | ${escape(why)} |\n`;
  }
  if (findings.length > LISTED_MAX) yield `\n… and ${findings.length - LISTED_MAX} more.\n`;
}

/** Texts come from the cloud (names, tags): they must not become markup. */
function escape(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>|#!~]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .slice(0, 500);
}
