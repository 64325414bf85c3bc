import { Option, type Command } from 'commander';
import { messageOf, Problem } from '../../base/problem.js';
import { groundwork, startDeciding } from '../../engine/hub/hub-parts.js';
import { ScannedOrganization } from '../../engine/hub/scanned-organization.js';
import { openResponses } from '../../engine/respond/open-responses.js';
import { responseLedger } from '../../engine/respond/ledger-port.js';
import { startWorker } from '../../engine/respond/worker.js';
import { openDatabase } from '../../store/postgres/database.js';
import { migrate } from '../../store/postgres/migration.js';
import { openLedger } from '../ledger.js';
import { connectionOptions, homeOf, terminalOf, withConnection, type ReachOptions } from '../options.js';
import { traceRuns } from '../../server/observe/run-traces.js';
import { openTelemetry } from '../../server/observe/telemetry.js';

interface WorkerCliOptions extends ReachOptions {
  readonly databaseUrl?: string;
  readonly concurrency: string;
  readonly pollMs: string;
  readonly doubtMs: string;
  readonly ledger: boolean;
}

export function workerCommand(program: Command): void {
  withConnection(program.command('worker'))
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
  const clock = () => new Date();
  const organization = await ScannedOrganization.read(home, database);
  const { profile, orgRole, externalId, endpoint } = connectionOptions(options);
  const base = groundwork(
    { home, database, organization, clock },
    {
      own: true,
      ...(profile === undefined ? {} : { profile }),
      ...(orgRole === undefined ? {} : { orgRole }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
  );
  const { ports } = base;
  const onError = (error: unknown) => terminal.err(`${messageOf(error)}\n`);
  const telemetry = await openTelemetry(process.env);
  const worker = await startWorker({
    ...(telemetry === undefined ? {} : { tracing: traceRuns(telemetry) }),
    database,
    ports,
    ...(ledger === undefined ? {} : { ledger: responseLedger(ledger) }),
    concurrency: wholeNumber('concurrency', options.concurrency),
    pollMs: wholeNumber('poll-ms', options.pollMs),
    doubtMs: wholeNumber('doubt-ms', options.doubtMs),
    onTrouble: (what, error) => onError(new Error(`${what}: ${messageOf(error)}`, { cause: error })),
  });
  const responses = openResponses({ database, enqueue: worker.engine.enqueue, now: clock });
  const deciding = startDeciding(database, base, responses, clock, onError);
  terminal.err(`worker ${worker.name} is at work\n`);
  await untilAsked();
  terminal.err('finishing what was begun; nothing new is taken\n');
  await deciding.end();
  await worker.drain();
  await telemetry?.end();
  await base.connections.close();
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
