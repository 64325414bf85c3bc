import type { Command } from 'commander';
import { collectors } from '../../collectors/catalogue.js';
import { openConnection } from '../../engine/connect/open.js';
import { readEstate } from '../../engine/scan/read-estate.js';
import { exitWith } from '../exit.js';
import { untilInterrupted } from '../interrupt.js';
import { attestSnapshot } from '../ledger.js';
import { connectionOptions, homeOf, selectionOf, terminalOf, withReach, type ReachOptions } from '../options.js';
import { progressOn } from '../progress.js';

export function snapshotCommand(program: Command): void {
  withReach(program.command('snapshot'))
    .description('read accounts into a file, to be analysed offline')
    .requiredOption('--out <file>', 'the file; by convention it ends in .hikeshi')
    .option('--force', 'overwrite it')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<ReachOptions & { out: string; force?: boolean }>();
      const terminal = terminalOf(options);
      const { report, end } = progressOn(terminal);
      const read = await untilInterrupted(terminal, async (signal) => {
        const connection = await openConnection({ ...connectionOptions(options), signal });
        try {
          return await readEstate({
            connection,
            selection: selectionOf(options),
            collectors,
            pathOf: () => options.out,
            force: options.force === true,
            now: new Date(),
            report,
            signal,
          });
        } finally {
          connection.close();
          end();
        }
      });
      const { path, header, resources, gaps } = read;
      const accounts = header.accounts.map(({ accountId }) => accountId);
      const entry = await attestSnapshot(homeOf(options), path, { accounts, resources, gaps });
      terminal.err(
        `wrote ${path}: ${accounts.length} accounts, ${resources} resources, ${gaps} gaps (ledger entry ${entry})\n`,
      );
      terminal.err(`next: hikeshi scan --estate ${path}\n`);
      exitWith(gaps > 0 ? 'partial' : 'ok');
    });
}
