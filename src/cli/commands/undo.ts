import type { Command } from 'commander';
import { controls } from '../../controls/catalogue.js';
import { openConnection } from '../../engine/connect/open.js';
import { updateFinding } from '../../engine/fix/update-finding.js';
import { EstateCache } from '../../engine/rehearse/rehearse-findings.js';
import { continueRun, undoRun } from '../../engine/undo/undo-run.js';
import { describeOutcome } from '../../rehearsal/rehearse.js';
import { withDatabase, withHome, type DatabaseOptions } from '../database.js';
import { openLedger, tellAttested } from '../ledger.js';
import type { Home } from '../../store/home.js';
import { exitWith } from '../exit.js';
import { terminalOf, withConnection, type ReachOptions } from '../options.js';
import { progressOn } from '../progress.js';
import { connectionFor } from './fix.js';

/** `undo` takes a run back; `continue` goes on with one that was interrupted. */
export function undoCommands(program: Command): void {
  withDatabase(withConnection(program.command('undo')))
    .argument('<run>', 'the run, as `fix` named it')
    .description('take a run back by its recorded inverse calls')
    .action(async (run: string, _given: unknown, command: Command) =>
      start(run, command.optsWithGlobals<UndoOptions>(), 'undo'),
    );
  withDatabase(withConnection(program.command('continue')))
    .argument('<run>', 'the run, as `fix` named it')
    .description('go on with a run that was interrupted')
    .action(async (run: string, _given: unknown, command: Command) =>
      start(run, command.optsWithGlobals<UndoOptions>(), 'continue'),
    );
}

interface UndoOptions extends ReachOptions, DatabaseOptions {}
type Verb = 'undo' | 'continue';

function start(runId: string, options: UndoOptions, verb: Verb): Promise<void> {
  return withHome(options, verb, (home) => work(runId, options, verb, home));
}

async function work(runId: string, options: ReachOptions, verb: Verb, home: Home): Promise<void> {
  const terminal = terminalOf(options);
  const now = () => new Date();
  const { header } = await home.runs(now).read(runId);
  const { subject } = header.plan;
  const connection = await openConnection(await connectionFor(home, subject.accountId, options));
  const ledger = await openLedger(home);
  const { report, end } = progressOn(terminal);
  const estates = new EstateCache(home);
  try {
    const run = {
      runId,
      controls,
      estate: (accountId: string) => estates.of(accountId),
      connection,
      home,
      ledger,
      now,
      report,
    };
    const { outcome, verdict, attested } = verb === 'undo' ? await undoRun(run) : await continueRun(run);
    end();
    if (outcome.status !== 'complete') {
      terminal.out(
        `${terminal.paint.red('✗')} ${verb} of ${runId}: ${describeOutcome(outcome)}\n  see \`hikeshi explain ${runId}\`\n`,
      );
      exitWith('failure');
      return;
    }
    const finding = (await home.findings.read()).find(({ id }) => id === header.findingId);
    if (finding !== undefined && verdict !== undefined) await updateFinding(home.findings, finding, verdict, now());
    const state = verdict === undefined ? '' : `; ${subject.controlId} is now ${verdict.status}`;
    terminal.out(`${terminal.paint.green('✓')} ${runId} ${verb === 'undo' ? 'taken back' : 'completed'}${state}\n`);
    if (!tellAttested((text) => terminal.out(text), attested)) exitWith('partial');
  } finally {
    end();
    connection.close();
    ledger.close();
  }
}
