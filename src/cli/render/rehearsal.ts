import type { AccessShift } from '../../rehearsal/access-change.js';
import type { Finding } from '../../findings/finding.js';
import { shortId } from '../../findings/finding.js';
import type { Plan } from '../../playbooks/playbook.js';
import { describeOutcome } from '../../rehearsal/rehearse.js';
import type { ChangeSummary, RehearsalSummary } from '../../rehearsal/summary.js';
import { clean } from '../table.js';
import type { Terminal } from '../terminal.js';

/** Lists longer than this are counted, not shown. */
const SHOWN_MAX = 8;

/** A plan and what its rehearsal showed, as the approver reads it. */
export function proposal(terminal: Terminal, finding: Finding, plan: Plan, summary: RehearsalSummary): string {
  const { bold, green, red, yellow, dim } = terminal.paint;
  const lines: string[] = [];
  lines.push(
    `${bold(finding.controlId)} ${finding.resourceArn} ${dim(`(${shortId(finding)}, account ${finding.accountId}, ${finding.region})`)}`,
  );
  lines.push(...finding.reasons.slice(0, 3).map(({ text }) => `  ${dim('because')} ${text}`));
  lines.push(`  ${bold('plan')} ${plan.playbook}, risk class ${plan.risk}`);
  for (const [index, step] of plan.steps.entries()) {
    lines.push(`    ${index + 1}. ${step.title} ${dim(`${step.call.service}:${step.call.operation}`)}`);
  }
  for (const warning of plan.warnings) lines.push(`    ${yellow('!')} ${warning.text}`);
  lines.push(`  ${bold('rehearsed')} on a twin of your estate:`);
  lines.push(
    summary.closes
      ? `    ${green('✓')} the finding closes`
      : `    ${red('✗')} the finding does not close: ${summary.outcome.status === 'complete' ? summary.verdict.reasons.map(({ text }) => text).join('; ') : describeOutcome(summary.outcome)}`,
  );
  lines.push(
    ...some(
      summary.alsoCloses,
      ({ controlId, resourceArn }) => `    ${green('✓')} also closes ${controlId} on ${resourceArn}`,
    ),
  );
  lines.push(
    ...some(
      summary.opens,
      ({ controlId, resourceArn, after }) => `    ${red('✗')} would make ${controlId} ${after} on ${resourceArn}`,
    ),
  );
  lines.push(
    ...some(
      summary.changes,
      (change) =>
        `    ${change.kind === 'added' ? '+' : change.kind === 'removed' ? '-' : '~'} ${describeChange(change)}`,
    ),
  );
  lines.push(...accessLines(terminal, summary));
  lines.push(`    ${undoLine(terminal, summary)}`);
  lines.push(...summary.outsideModel.map((text) => `    ${yellow('?')} not shown by the rehearsal: ${text}`));
  const actions = [...new Set(summary.permissions.map(({ action }) => action))];
  lines.push(`    ${dim(`permissions used: ${actions.join(', ')}`)}`);
  return `${lines.map(clean0).join('\n')}\n`;
}

/** Cleans what came from the cloud but keeps our own colours. */
function clean0(line: string): string {
  const escape = String.fromCharCode(27);
  return line
    .split(escape)
    .map((part) => clean(part))
    .join(escape);
}

function some<T>(items: readonly T[], show: (item: T) => string): string[] {
  const lines = items.slice(0, SHOWN_MAX).map(show);
  return items.length > SHOWN_MAX ? [...lines, `    … and ${items.length - SHOWN_MAX} more`] : lines;
}

function describeChange({ type, arn, paths }: ChangeSummary): string {
  return paths.length === 0 ? `${type} ${arn}` : `${type} ${arn}: ${paths.join(', ')}`;
}

/** Who gains or loses access. */
function accessLines(terminal: Terminal, { access }: RehearsalSummary): string[] {
  const { green, red, yellow } = terminal.paint;
  const shift = (sign: string, paint: (text: string) => string) => (one: AccessShift) =>
    `    ${paint(sign)} ${one.principal} ${sign === '+' ? 'gains' : 'loses'} ${one.action} on ${one.resource}`;
  const open = access.open.map((text) => `    ${yellow('?')} access: ${text}`);
  if (access.status === 'unchanged') return [`    ${green('✓')} no access changes: proved over all requests`];
  return [...some(access.gained, shift('+', red)), ...some(access.lost, shift('-', yellow)), ...open];
}

function undoLine(terminal: Terminal, { undo }: RehearsalSummary): string {
  const { green, red, yellow } = terminal.paint;
  switch (undo.status) {
    case 'restores':
      return `${green('✓')} undo restores the estate exactly`;
    case 'impossible':
      return `${yellow('!')} cannot be undone: ${undo.why}`;
    case 'failed':
      return `${red('✗')} undo failed: ${undo.why}`;
    case 'differs':
      return `${yellow('!')} undo leaves ${undo.differences.length} differences: ${undo.differences.slice(0, 3).map(describeChange).join('; ')}`;
  }
}
