import { controls } from '../../controls/catalogue.js';
import type { AnyControl, Severity } from '../../controls/control.js';
import type { Gap } from '../../estate/estate.js';
import { isOpen, shortId, type Finding } from '../../findings/finding.js';
import type { ReportContext } from '../../integrations/writers/writer.js';
import type { ScanResult } from '../../engine/scan/scan.js';
import { clean, table } from '../table.js';
import type { Terminal } from '../terminal.js';
import { version } from '../version.js';

export const SEVERITIES: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

const byId = new Map(controls.map((control) => [control.id, control]));

export function controlOf(id: string): AnyControl {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`a finding names the unknown control ${id}`);
  return found;
}

/** What report writers are told of a scan. */
export function reportContext({
  header,
  snapshot,
  gaps,
}: Pick<ScanResult, 'header' | 'snapshot' | 'gaps'>): ReportContext {
  const names = new Map(header.accounts.map(({ accountId, name }) => [accountId, name]));
  return {
    partition: header.partition,
    scannedAt: header.collectedAt,
    version,
    controlOf,
    accountName: (accountId) => names.get(accountId) ?? accountId,
    estateFile: snapshot,
    gaps,
  };
}

export function paintSeverity(terminal: Terminal, severity: string): string {
  const { red, yellow, bold, dim } = terminal.paint;
  if (severity === 'CRITICAL') return bold(red(severity));
  if (severity === 'HIGH') return red(severity);
  return severity === 'MEDIUM' ? yellow(severity) : dim(severity);
}

/** The worst first. */
export function ranked(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding) => SEVERITIES.indexOf(finding.severity);
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) || a.controlId.localeCompare(b.controlId, 'en', { numeric: true }) || (a.id < b.id ? -1 : 1),
  );
}

const READS_LISTED_MAX = 5;

function gapText({ accountId, region, service, operation, error }: Gap): string {
  return clean(`  ${accountId} ${region} ${service}:${operation}: ${error.code}: ${error.message}`);
}

/** What could not be read. A call that failed for several types is one read, with a gap for each. */
export function unread(terminal: Terminal, gaps: readonly Gap[]): string[] {
  const { dim, yellow } = terminal.paint;
  const reads = [...new Set(gaps.map(gapText))];
  const failed = `${reads.length} read${reads.length === 1 ? '' : 's'} failed`;
  const lines = [yellow(`${failed}; what they hide is "could not be evaluated", never "passed":`)];
  lines.push(...reads.slice(0, READS_LISTED_MAX).map((text) => dim(text.slice(0, terminal.columns))));
  const more = reads.length - READS_LISTED_MAX;
  if (more > 0) lines.push(dim(`  … and ${more} more (--output json has them all)`));
  const closed = new Set(gaps.filter(({ operation }) => operation === 'AssumeRole').map(({ accountId }) => accountId));
  if (closed.size > 0) {
    const accounts = closed.size === 1 ? '1 account' : `${closed.size} accounts`;
    const makes = '`hikeshi permissions --for scan --format cloudformation` prints it';
    lines.push(`the role cannot be entered in ${accounts}: it is missing there or does not trust you; ${makes}`);
  }
  return lines;
}

/** The summary after a scan: what was read, what failed by control, what could not be read. */
export function summary(terminal: Terminal, result: ScanResult): string {
  const { header, findings, resources, gaps } = result;
  const open = findings.filter(isOpen);
  const active = findings.filter(({ recordState }) => recordState === 'ACTIVE');
  const passed = active.filter(({ status }) => status === 'PASSED').length;
  const unknown = active.filter(({ status }) => status === 'NOT_AVAILABLE').length;
  const { bold } = terminal.paint;
  const lines = [
    `${bold(String(header.accounts.length))} account${header.accounts.length === 1 ? '' : 's'}, ${bold(resources.toLocaleString('en'))} resources, ${bold(String(active.length))} checks: ${passed} passed, ${bold(`${open.length} failed`)}, ${unknown} could not be evaluated`,
    '',
    byControl(terminal, findings),
  ];
  if (gaps.length > 0) lines.push('', ...unread(terminal, gaps));
  return `${lines.join('\n')}\n`;
}

function byControl(terminal: Terminal, findings: readonly Finding[]): string {
  const groups = new Map<string, { failed: number; passed: number; unknown: number; accounts: Set<string> }>();
  for (const finding of findings) {
    if (finding.recordState !== 'ACTIVE') continue;
    const group = groups.get(finding.controlId) ?? { failed: 0, passed: 0, unknown: 0, accounts: new Set<string>() };
    groups.set(finding.controlId, group);
    if (isOpen(finding)) {
      group.failed += 1;
      group.accounts.add(finding.accountId);
    } else if (finding.status === 'PASSED') group.passed += 1;
    else if (finding.status === 'NOT_AVAILABLE') group.unknown += 1;
  }
  const order = [...groups].sort(
    ([a, x], [b, y]) =>
      SEVERITIES.indexOf(controlOf(a).severity) - SEVERITIES.indexOf(controlOf(b).severity) || y.failed - x.failed,
  );
  return table(
    [
      { title: 'severity', paint: (cell) => paintSeverity(terminal, cell) },
      { title: 'control' },
      { title: 'failed', right: true },
      { title: 'passed', right: true },
      { title: 'n/a', right: true },
      { title: 'accounts', right: true },
      { title: 'title', widest: Math.max(30, terminal.columns - 58) },
    ],
    order.map(([id, { failed, passed, unknown, accounts }]) => [
      controlOf(id).severity,
      id,
      String(failed),
      String(passed),
      String(unknown),
      String(accounts.size),
      controlOf(id).title,
    ]),
  );
}

/** The open findings as a table, at most so many. */
export function findingTable(terminal: Terminal, findings: readonly Finding[], most: number): string {
  const shown = findings.slice(0, most);
  const text = table(
    [
      { title: 'id' },
      { title: 'severity', paint: (cell) => paintSeverity(terminal, cell) },
      { title: 'control' },
      { title: 'account' },
      { title: 'region' },
      { title: 'resource', widest: 60 },
      { title: 'why', widest: Math.max(30, terminal.columns - 125) },
    ],
    shown.map((finding) => [
      shortId(finding),
      finding.severity,
      finding.controlId,
      finding.accountId,
      finding.region,
      finding.resourceArn,
      finding.reasons.map(({ text: why }) => why).join('; '),
    ]),
  );
  return shown.length < findings.length ? `${text}… and ${findings.length - shown.length} more\n` : text;
}
