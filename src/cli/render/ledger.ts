import type { ListedEntry } from '../../engine/attest/list-entries.js';
import type { SignedCheckpoint } from '../../ledger/note/checkpoint.js';
import type { Statement } from '../../ledger/record/statement.js';
import type { VerifyReport } from '../../ledger/verify/verify-ledger.js';
import type { Timestamp } from '../../ledger/verify/verify-timestamps.js';
import { clean } from '../table.js';
import type { Terminal } from '../terminal.js';

const FAULTS_SHOWN = 50;

/** The newest entries of a ledger, a line each. */
export function entryTable(terminal: Terminal, checkpoint: SignedCheckpoint, entries: readonly ListedEntry[]): string {
  const { bold, dim, red } = terminal.paint;
  const lines = [
    `${bold(clean(checkpoint.origin))}: ${checkpoint.size} ${checkpoint.size === 1 ? 'entry' : 'entries'}`,
    '',
  ];
  for (const { index, statement } of entries) {
    lines.push(
      statement === undefined
        ? `${String(index).padStart(6)}  ${red('cannot be read; `hikeshi ledger verify` says why')}`
        : `${String(index).padStart(6)}  ${statement.at}  ${statement.kind.padEnd(11)} ${clean(statement.title)}  ${dim(clean(statement.subjects.join(' ')))}`,
    );
  }
  lines.push('', dim('`hikeshi ledger show N` shows one whole; `hikeshi ledger prove N` makes its proof'));
  return `${lines.join('\n')}\n`;
}

/** One entry, whole. */
export function recordText(terminal: Terminal, index: number, statement: Statement, record: unknown): string {
  const { bold } = terminal.paint;
  const lines = [
    `${bold(`entry ${index}`)} ${statement.kind}: ${clean(statement.title)}`,
    `at ${statement.at}, by ${clean(statement.by)}`,
    ...statement.subjects.map((subject) => `about ${clean(subject)}`),
    `record sha256 ${statement.digest}`,
    '',
    ...(record === undefined
      ? ['its record’s file is missing; `hikeshi ledger verify` tells more']
      : JSON.stringify(record, undefined, 1).split('\n').map(clean)),
  ];
  return `${lines.join('\n')}\n`;
}

/** What one time stamp says. A certificate that was not checked proves nothing: anybody can make one. */
export function timestampLine({ size, time, by, trusted }: Timestamp, option = '--tsa-ca'): string {
  const said = `${size} ${size === 1 ? 'entry' : 'entries'} time stamped ${time} by ${clean(by)}`;
  return trusted ? said : `${said}, its certificate not checked: pass ${option}`;
}

/** What a verification found, as a person reads it. */
export function reportText(terminal: Terminal, report: VerifyReport & { readonly path: string }): string {
  const { green, red, bold } = terminal.paint;
  const { faults, checkpoint, witnesses, timestamps, entriesChecked, path } = report;
  const lines: string[] = [];
  if (checkpoint !== undefined) {
    lines.push(
      `${bold(clean(checkpoint.origin))}: ${checkpoint.size} entries, root ${checkpoint.root.toString('hex')}`,
    );
  }
  if (faults.length === 0) {
    const entries = entriesChecked
      ? 'every entry, signature, hash and file'
      : 'every entry, hash and file (entry signatures were not checked)';
    lines.push(`${green('✓')} intact: ${entries} of ${path}`);
    if (witnesses.length > 0) lines.push(`${green('✓')} witnessed by ${witnesses.join(', ')}`);
    for (const stamp of timestamps) lines.push(`${stamp.trusted ? green('✓') : '·'} ${timestampLine(stamp)}`);
    return `${lines.join('\n')}\n`;
  }
  lines.push(`${red('✗')} ${faults.length === 1 ? 'one fault' : `${faults.length} faults`} in ${path}:`);
  for (const { code, path: file, text } of faults.slice(0, FAULTS_SHOWN)) {
    lines.push(`  ${red(code)} ${clean(file)}: ${clean(text)}`);
  }
  if (faults.length > FAULTS_SHOWN) lines.push(`  … and ${faults.length - FAULTS_SHOWN} more; --json lists all`);
  return `${lines.join('\n')}\n`;
}
