import { Option, type Command } from 'commander';
import { Problem } from '../../base/problem.js';
import { openConnection } from '../../engine/connect/open.js';
import { scan, type ScanResult } from '../../engine/scan/scan.js';
import { isOpen } from '../../findings/finding.js';
import { outputs, writerFor } from '../../integrations/writers/formats.js';
import { withDatabase, withHome, type DatabaseOptions } from '../database.js';
import { keepEstate } from '../../engine/scan/keep-estate.js';
import type { Home } from '../../store/home.js';
import type { Database } from '../../store/postgres/database.js';
import { writeWhole } from '../../store/durable-file.js';
import { exitWith } from '../exit.js';
import { attestExport } from '../ledger.js';
import {
  collectName,
  connectionOptions,
  controlsNamed,
  selectionOf,
  terminalOf,
  withReach,
  type ReachOptions,
} from '../options.js';
import { progressOn } from '../progress.js';
import { findingTable, ranked, reportContext, SEVERITIES, summary, unread } from '../render/findings.js';
import { untilInterrupted } from '../interrupt.js';
import type { Terminal } from '../terminal.js';

interface ScanCliOptions extends ReachOptions, DatabaseOptions {
  readonly estate?: string;
  readonly control: readonly string[];
  readonly failOn?: string;
  readonly output: 'table' | keyof typeof outputs;
  readonly export: readonly string[];
  readonly lean?: boolean;
}

const LISTED_MAX = 20;

export function scanCommand(program: Command): void {
  withDatabase(withReach(program.command('scan')))
    .description('read accounts and say what is wrong; never writes to AWS')
    .option('--estate <file>', 'judge a snapshot instead of reading AWS')
    .option('--control <id>', 'only this control (any number of times)', collectName, [])
    .option('--lean', 'read only what the controls need, not what rehearsals may want')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 when there is a finding of this severity or worse').choices(
        SEVERITIES.map((name) => name.toLowerCase()),
      ),
    )
    .addOption(
      new Option('--output <format>', 'format on standard output')
        .choices(['table', ...Object.keys(outputs)])
        .default('table'),
    )
    .option('--json', 'the same as --output json')
    .option('--export <file>', 'also write a report; its ending is its format (any number of times)', collectName, [])
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<ScanCliOptions & { json?: boolean }>();
      const output = options.json === true ? 'json' : options.output;
      await withHome(options, 'scan', (home, shared) => runScan({ ...options, output }, home, shared));
    });
}

async function runScan(options: ScanCliOptions, home: Home, shared: Database | undefined): Promise<void> {
  const terminal = terminalOf(options);
  const controls = controlsNamed(options.control);
  const writers = options.export.map((path) => ({ path, writer: writerFor(path) }));
  const { report, end } = progressOn(terminal);
  const result = await untilInterrupted(terminal, async (signal) => {
    const from =
      options.estate === undefined
        ? {
            connection: await openConnection({ ...connectionOptions(options), signal }),
            selection: selectionOf(options),
          }
        : { estateFile: options.estate, selection: selectionOf(options) };
    try {
      return await scan({
        from,
        controls,
        lean: options.lean === true || options.control.length > 0,
        home,
        now: new Date(),
        report,
        signal,
      });
    } finally {
      if ('connection' in from) from.connection.close();
      end();
    }
  });
  if (shared !== undefined) await keepEstate(shared, result.snapshot);
  for (const { path, writer } of writers) {
    const text = `${[...writer(result.findings, reportContext(result))].join('').replace(/\n$/, '')}\n`;
    await writeWhole(path, [text.replace(/\n$/, '')]);
    const entry = await attestExport(home, path, text, result.findings.length);
    terminal.err(`wrote ${path} (ledger entry ${entry})\n`);
  }
  show(terminal, options.output, result);
  exitWith(exitOf(options, result));
}

function show(terminal: Terminal, output: ScanCliOptions['output'], result: ScanResult): void {
  if (output !== 'table') {
    for (const piece of outputs[output](result.findings, reportContext(result))) terminal.out(piece);
    if (result.gaps.length > 0) terminal.err(`${unread(terminal, result.gaps).join('\n')}\n`);
    return;
  }
  const open = ranked(result.findings.filter(isOpen));
  if (open.length > 0) terminal.out(`${findingTable(terminal, open, LISTED_MAX)}\n`);
  terminal.out(summary(terminal, result));
  const first = open[0];
  if (first !== undefined) {
    const id = first.id.slice(first.id.lastIndexOf('/') + 1, first.id.lastIndexOf('/') + 9);
    terminal.err(`\nnext: hikeshi explain ${id} · hikeshi rehearse ${id} · hikeshi fix ${id}\n`);
  }
}

function exitOf(options: ScanCliOptions, { findings, gaps }: ScanResult): 'ok' | 'findings' | 'partial' {
  if (options.failOn !== undefined) {
    const limit = SEVERITIES.findIndex((name) => name.toLowerCase() === options.failOn);
    if (limit < 0)
      throw new Problem('unknown-severity', `there is no severity \`${options.failOn}\``, { exit: 'badUsage' });
    if (findings.some((finding) => isOpen(finding) && SEVERITIES.indexOf(finding.severity) <= limit)) return 'findings';
  }
  return gaps.length > 0 ? 'partial' : 'ok';
}
