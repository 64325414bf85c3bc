import { describeOutcome } from '../../rehearsal/rehearse.js';
import { stateOf, type RunEntry, type RunRecord } from '../../store/run-file.js';
import { clean } from '../table.js';
import type { Terminal } from '../terminal.js';

/** A run's record as a person reads it. */
export function runText(terminal: Terminal, record: RunRecord): string {
  const { header, entries } = record;
  const { plan } = header;
  const titleOf = (step: string) => plan.steps.find(({ id }) => id === step)?.title ?? step;
  const lines = [
    `${terminal.paint.bold(header.id)} ${stateOf(record)}`,
    `${plan.subject.controlId} on ${clean(plan.subject.resourceArn)} (account ${plan.subject.accountId}, ${plan.subject.region})`,
    `playbook ${plan.playbook}, risk ${plan.risk}, plan ${header.planHash.slice(0, 16)}, by ${header.caller}`,
    `rehearsal: ${header.rehearsal.closes ? 'closes the finding' : 'does not close the finding'}, ${header.rehearsal.changes.length} changes, undo ${header.rehearsal.undo.status}`,
    '',
    ...entries.map((entry) => `${entry.at}  ${clean(sentence(entry, titleOf))}`),
  ];
  return `${lines.join('\n')}\n`;
}

function sentence(entry: RunEntry, titleOf: (step: string) => string): string {
  switch (entry.kind) {
    case 'intent':
      return `calls ${entry.call.service}:${entry.call.operation} to ${titleOf(entry.step)}`;
    case 'done':
      return entry.observedOnly === true ? `found done: ${titleOf(entry.step)}` : `done: ${titleOf(entry.step)}`;
    case 'settled':
      return `seen: ${titleOf(entry.step)}`;
    case 'failed':
      return `failed: ${titleOf(entry.step)}: ${entry.error.code}: ${entry.error.message}${entry.mayHaveHappened ? ' (it may have taken effect)' : ''}`;
    case 'undo-intent':
      return `takes back: ${titleOf(entry.step)}`;
    case 'undone':
      return `taken back: ${titleOf(entry.step)}`;
    case 'undo-failed':
      return `could not take back: ${titleOf(entry.step)}: ${entry.error.code}: ${entry.error.message}`;
    case 'approved':
      return `approved by ${entry.by} (${entry.how === 'option' ? '--yes' : 'at the prompt'})`;
    case 'declined':
      return `declined by ${entry.by}`;
    case 'planned-again':
      return `planned again: ${entry.why}`;
    case 'verified':
      return `verified on fresh reads: ${entry.status}`;
    case 'ended':
      return `${entry.verb} ended: ${describeOutcome(entry.outcome)}`;
    case 'attested':
      return `attested: ledger entry ${entry.index} (the ${entry.about}), proof ${entry.proof}`;
  }
}
