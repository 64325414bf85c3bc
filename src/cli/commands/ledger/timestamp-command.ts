import { join } from 'node:path';
import type { Command } from 'commander';
import { timestampLedger } from '../../../engine/attest/timestamp-ledger.js';
import { openLedger } from '../../ledger.js';
import { collectName, homeOf, terminalOf, type GlobalOptions } from '../../options.js';
import { timestampLine } from '../../render/ledger.js';

/** The command that has somebody else say when the ledger was as it is. */
export function timestampCommand(ledger: Command): void {
  ledger
    .command('timestamp')
    .description('have a time stamping authority (RFC 3161) stamp the checkpoint: it existed at that time')
    .requiredOption('--authority <url>', "the authority's address, http or https")
    .option('--ca <file>', "certificates that the authority's must lead to (any number of times)", collectName, [])
    .option('--json', 'as JSON')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { authority: string; ca: string[]; json?: boolean }>();
      const terminal = terminalOf(options);
      const own = await openLedger(homeOf(options));
      const { authority, ca } = options;
      const stamp = await timestampLedger(own.folder, { authority, ca });
      terminal.out(
        options.json === true
          ? `${JSON.stringify(stamp)}\n`
          : `${terminal.paint.green('✓')} ${timestampLine(stamp, '--ca')}\n  ${join(own.folder.path, stamp.path)}\n`,
      );
    });
}
