#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { exitCodes, messageOf, Problem } from '../base/problem.js';
import { ApiError, isDenied } from '../reference/api-error.js';
import { accessCommand } from './commands/access.js';
import { controlsCommand } from './commands/controls.js';
import { demoCommand } from './commands/demo.js';
import { eventsCommand } from './commands/events.js';
import { explainCommand } from './commands/explain.js';
import { fixCommand } from './commands/fix.js';
import { actionsCommand } from './commands/hub/actions.js';
import { findingsCommand } from './commands/hub/findings.js';
import { importCommand } from './commands/hub/import.js';
import { insightsCommand } from './commands/hub/insights.js';
import { rulesCommand } from './commands/hub/rules.js';
import { settingsCommand } from './commands/hub/settings.js';
import { wavesCommand } from './commands/hub/waves.js';
import { approvalsCommand, runsCommand } from './commands/hub/runs.js';
import { serveCommand } from './commands/hub/serve.js';
import { tokensCommand } from './commands/hub/tokens.js';
import { keysCommand } from './commands/keys.js';
import { ledgerCommand } from './commands/ledger.js';
import { permissionsCommand } from './commands/permissions.js';
import { rehearseCommand } from './commands/rehearse.js';
import { scanCommand } from './commands/scan.js';
import { signCommands } from './commands/sign.js';
import { snapshotCommand } from './commands/snapshot.js';
import { twinCommand } from './commands/twin.js';
import { undoCommands } from './commands/undo.js';
import { workerCommand } from './commands/worker.js';
import { version } from './version.js';

function program(): Command {
  const root = new Command('hikeshi')
    .description(
      'the security brigade for an AWS organization: find what is wrong, rehearse the fix, apply it, verify it',
    )
    .version(version)
    .option(
      '--home <folder>',
      'where findings, snapshots and run records are kept (default: $HIKESHI_HOME or ~/.hikeshi)',
    )
    .option('--no-color', 'no colours')
    .option('--quiet', 'nothing on standard error')
    .option('--no-input', 'ask nothing; what needs an answer is declined')
    .showHelpAfterError('(`hikeshi --help` lists the commands)')
    .exitOverride();
  for (const add of [
    demoCommand,
    scanCommand,
    snapshotCommand,
    controlsCommand,
    eventsCommand,
    explainCommand,
    rehearseCommand,
    fixCommand,
    undoCommands,
    accessCommand,
    ledgerCommand,
    keysCommand,
    signCommands,
    permissionsCommand,
    twinCommand,
    serveCommand,
    findingsCommand,
    insightsCommand,
    rulesCommand,
    settingsCommand,
    wavesCommand,
    actionsCommand,
    approvalsCommand,
    runsCommand,
    importCommand,
    tokensCommand,
    workerCommand,
  ]) {
    add(root);
  }
  for (const command of root.commands) inheritExit(command);
  return root;
}

function inheritExit(command: Command): void {
  command.exitOverride().showHelpAfterError(true);
  for (const child of command.commands) inheritExit(child);
}

/** What went wrong, as the user reads it, and the exit code it means. */
function explain(error: unknown): { text: string; code: number } {
  if (error instanceof CommanderError) return { text: '', code: error.exitCode === 0 ? 0 : exitCodes.badUsage };
  if (error instanceof Problem) {
    const next = error.next === undefined ? '' : `\nnext: ${error.next}`;
    return { text: `hikeshi: ${error.message}${next}\n`, code: exitCodes[error.exit] };
  }
  if (error instanceof ApiError) {
    const { service, operation, accountId, region } = error.call;
    const next = isDenied(error) ? '\nnext: `hikeshi permissions --for scan` shows what is needed' : '';
    return {
      text: `hikeshi: ${service}:${operation} failed in ${accountId} ${region}: ${error.code}: ${error.message}${next}\n`,
      code: exitCodes.serviceError,
    };
  }
  const stack = process.env['HIKESHI_DEBUG'] !== undefined && error instanceof Error ? `\n${error.stack}` : '';
  return {
    text: `hikeshi: ${messageOf(error)}${stack}\nnext: this is a bug; run again with HIKESHI_DEBUG=1 and report it\n`,
    code: exitCodes.failure,
  };
}

// The SDK prints a warning about this version of Node; docs/decisions/0004 says what we do about it.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (!/NodeDeprecationWarning|Deprecat/.test(warning.name) && !/node >=22/.test(warning.message))
    process.stderr.write(`${warning.stack}\n`);
});

// A reader that goes away early (`| head`) loses the rest of the text; a fix on its way must not die of it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program().parseAsync(process.argv);
} catch (error) {
  const { text, code } = explain(error);
  process.stderr.write(text);
  process.exitCode = code;
}
