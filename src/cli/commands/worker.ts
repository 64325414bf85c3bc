import { Option, type Command } from 'commander';
import { Problem } from '../../base/problem.js';
import { openConnection } from '../../engine/connect/open.js';
import { responseLedger } from '../../engine/respond/ledger-port.js';
import { homeFindings, processPorts } from '../../engine/respond/process-ports.js';
import { startWorker } from '../../engine/respond/worker.js';
import { openDatabase } from '../../store/postgres/database.js';
import { migrate } from '../../store/postgres/migration.js';
import { openLedger } from '../ledger.js';
import { connectionOptions, homeOf, terminalOf, withReach, type ReachOptions } from '../options.js';

interface WorkerCliOptions extends ReachOptions {
  readonly databaseUrl?: string;
  readonly concurrency: string;
  readonly pollMs: string;
  readonly doubtMs: string;
  readonly ledger: boolean;
}

export function workerCommand(program: Command): void {
  withReach(program.command('worker'))
    .description(
      'carry out responses together with other workers on one database; Ctrl-C lets it finish what it has begun',
    )
    .addOption(
      new Option('--database-url <url>', 'the PostgreSQL that hub and workers share').env('HIKESHI_DATABASE_URL'),
    )
    .option('--concurrency <n>', 'runs at once', '32')
    .option('--poll-ms <n>', 'how often it looks for work', '100')
    .option('--doubt-ms <n>', 'how long a call whose answer was lost is given to show before it is looked for', '15000')
    .option('--no-ledger', 'attest nothing here: another process, which has the ledger, attests what this one does')
    .action((_given: unknown, command: Command) => runWorker(command.optsWithGlobals<WorkerCliOptions>()));
}

async function runWorker(options: WorkerCliOptions): Promise<void> {
  const terminal = terminalOf(options);
  if (options.databaseUrl === undefined) {
    throw new Problem('no-database', 'a worker needs the database that it shares with the hub', {
      next: 'pass --database-url postgresql://USER@HOST/NAME, or set HIKESHI_DATABASE_URL',
      exit: 'badUsage',
    });
  }
  const home = homeOf(options);
  const database = await openDatabase(options.databaseUrl);
  await migrate(database);
  const ledger = options.ledger ? await openLedger(home) : undefined;
  const connection = await openConnection(connectionOptions(options));
  const ports = processPorts({
    database,
    connection,
    findings: homeFindings(home.findings, () => new Date()),
    notifications: {
      tell: (kind, run) => {
        terminal.err(`${kind}: run ${run.id}: ${run.finding.controlId} ${run.finding.resourceArn}\n`);
        return Promise.resolve();
      },
    },
  });
  const worker = await startWorker({
    database,
    ports,
    ...(ledger === undefined ? {} : { ledger: responseLedger(ledger) }),
    concurrency: wholeNumber('concurrency', options.concurrency),
    pollMs: wholeNumber('poll-ms', options.pollMs),
    doubtMs: wholeNumber('doubt-ms', options.doubtMs),
    onTrouble: (what, error) => terminal.err(`${what}: ${error instanceof Error ? error.message : String(error)}\n`),
  });
  terminal.err(`worker ${worker.name} is at work\n`);
  await untilAsked();
  terminal.err('finishing what was begun; nothing new is taken\n');
  await worker.drain();
  connection.close();
  ledger?.close();
  await database.close();
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Problem('bad-number', `\`--${name} ${text}\` is not a whole number above 0`, { exit: 'badUsage' });
}

function untilAsked(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}
