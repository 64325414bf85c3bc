import type { Command } from 'commander';
import { makingCommands } from './ledger/making-commands.js';
import { readingCommands } from './ledger/reading-commands.js';
import { timestampCommand } from './ledger/timestamp-command.js';

/** `hikeshi ledger …`: the signed record of everything that was approved and done. */
export function ledgerCommand(program: Command): void {
  const ledger = program
    .command('ledger')
    .description(
      'the signed record of all that was approved and done: show, verify, prove, export, witness, timestamp',
    );
  readingCommands(ledger);
  makingCommands(ledger);
  timestampCommand(ledger);
}
