import type { Command } from 'commander';
import { controls } from '../../controls/catalogue.js';
import { openConnection, type ConnectionOptions, type OpenConnection } from '../../engine/connect/open.js';
import { fix, type FixResult } from '../../engine/fix/fix.js';
import { updateFinding } from '../../engine/fix/update-finding.js';
import { newRunId } from '../../engine/fix/run-id.js';
import { chooseFindings, type FindingChoice } from '../../engine/rehearse/choose-findings.js';
import { EstateCache } from '../../engine/rehearse/rehearse-findings.js';
import { Fork } from '../../estate/fork.js';
import type { Finding } from '../../findings/finding.js';
import { shortId } from '../../findings/finding.js';
import { describeOutcome } from '../../rehearsal/rehearse.js';
import type { Home } from '../../store/home.js';
import type { ExitName } from '../../base/problem.js';
import { Problem } from '../../base/problem.js';
import { withDatabase, withHome, type DatabaseOptions } from '../database.js';
import { exitWith } from '../exit.js';
import { openLedger, tellAttested } from '../ledger.js';
import {
  collectName,
  collectParameter,
  connectionOptions,
  controlsNamed,
  selectionOf,
  terminalOf,
  withReach,
  type ReachOptions,
} from '../options.js';
import { progressOn } from '../progress.js';
import { controlOf, ranked } from '../render/findings.js';
import { proposal } from '../render/rehearsal.js';
import type { Terminal } from '../terminal.js';

interface FixCliOptions extends ReachOptions, DatabaseOptions {
  readonly control: readonly string[];
  readonly all?: boolean;
  readonly set: Readonly<Record<string, string>>;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function fixCommand(program: Command): void {
  withDatabase(withReach(program.command('fix')))
    .argument('[findings...]', 'findings, by id')
    .description('plan, rehearse, ask, apply, verify; every step is recorded before and after it happens')
    .option('--control <id>', 'all open findings of this control (any number of times)', collectName, [])
    .option('--all', 'all open findings')
    .option('--set <name=value>', 'a parameter of the playbook (any number of times)', collectParameter, {})
    .option('--yes', 'apply without asking what the rehearsal closes')
    .option('--json', 'the results as JSON lines')
    .action(async (ids: string[], _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<FixCliOptions>();
      const named = options.control.length === 0 ? [] : controlsNamed(options.control).map(({ id }) => id);
      const choice = { ids, controls: named, all: options.all === true, selection: selectionOf(options) };
      await withHome(options, 'fix', (home) => runFix(options, choice, home));
    });
}

/** How the last scan of an account reached it, with what this command line says instead. */
export async function connectionFor(home: Home, accountId: string, options: ReachOptions): Promise<ConnectionOptions> {
  const live = await home.scanOf(accountId, (scan) => scan.reach !== undefined).catch(() => home.scanOf(accountId));
  const { reach } = live;
  const given = connectionOptions(options);
  if (reach === undefined && given.profile === undefined && given.endpoint === undefined) {
    throw new Problem(
      'offline-estate',
      `account \`${accountId}\` was scanned from a file, so it is not known how to reach it`,
      {
        next: 'pass --profile or --endpoint-url, or scan the account itself',
        exit: 'badUsage',
      },
    );
  }
  return { ...reach, ...given };
}

async function runFix(options: FixCliOptions, choice: FindingChoice, home: Home): Promise<void> {
  const terminal = terminalOf(options);
  const findings = ranked(chooseFindings(await home.findings.read(), choice, await home.accounts()));
  if (findings.length === 0) {
    terminal.err('no open finding matches; nothing to do\n');
    return;
  }
  const ledger = await openLedger(home);
  const estates = new EstateCache(home);
  const connections = new Map<string, OpenConnection>();
  const { report, end } = progressOn(terminal);
  const worked = new Map<string, Fork>();
  let exit: ExitName = 'ok';
  try {
    for (const finding of findings) {
      const reach = await connectionFor(home, finding.accountId, options);
      const key = JSON.stringify(reach);
      const connection = connections.get(key) ?? (await openConnection(reach));
      connections.set(key, connection);
      const estate = worked.get(finding.accountId) ?? new Fork(await estates.of(finding.accountId));
      const result = await fix({
        finding,
        control: controlOf(finding.controlId),
        controls,
        estate,
        connection,
        home,
        ledger,
        parameters: options.set,
        runId: newRunId(new Date()),
        now: () => new Date(),
        report,
        approve: async ({ plan, rehearsal }) => {
          end();
          terminal.err(proposal(terminal, finding, plan, rehearsal.summary));
          if (options.yes === true) return 'option';
          return (await terminal.confirm('Apply this?')) ? 'prompt' : 'declined';
        },
      });
      end();
      if ('estate' in result && result.estate instanceof Fork) worked.set(finding.accountId, result.estate);
      if ((result.kind === 'applied' || result.kind === 'already-closed') && result.verdict !== undefined) {
        await updateFinding(home.findings, finding, result.verdict, new Date());
      }
      exit = worse(exit, tell(terminal, options, finding, result));
    }
  } finally {
    end();
    for (const connection of connections.values()) connection.close();
    ledger.close();
  }
  exitWith(exit);
}

const ORDER: readonly ExitName[] = ['ok', 'declined', 'partial', 'failure'];
const worse = (a: ExitName, b: ExitName): ExitName => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a);

/** Says how one finding ended, and how the command should. */
function tell(terminal: Terminal, options: FixCliOptions, finding: Finding, result: FixResult): ExitName {
  const { green, red, yellow } = terminal.paint;
  const name = `${finding.controlId} ${finding.resourceArn}`;
  if (options.json === true) {
    const { kind } = result;
    const run =
      result.kind === 'applied'
        ? {
            run: result.proposal.runId,
            outcome: result.outcome,
            verified: result.verdict?.status,
            ...('attestation' in result.attested ? { attested: result.attested.attestation } : {}),
          }
        : {};
    const refused = result.kind === 'refused' ? result.refusal : {};
    terminal.out(`${JSON.stringify({ finding: finding.id, kind, ...run, ...refused })}\n`);
  }
  const say = (text: string) => (options.json === true ? terminal.err(text) : terminal.out(text));
  switch (result.kind) {
    case 'refused':
      say(`${yellow('–')} ${name}: no plan: ${result.refusal.refused}\n  next: ${result.refusal.next}\n`);
      return 'partial';
    case 'already-closed':
      say(`${green('✓')} ${name}: already closed; nothing was done\n`);
      return 'ok';
    case 'would-not-close':
      terminal.err(proposal(terminal, finding, result.proposal.plan, result.proposal.rehearsal.summary));
      say(`${red('✗')} ${name}: the rehearsal did not close the finding, so nothing was applied\n`);
      return 'partial';
    case 'declined':
      say(
        `${yellow('–')} ${name}: not approved; nothing was done${options.yes === true ? '' : ' (pass --yes to apply without a prompt)'}\n`,
      );
      return 'declined';
    case 'applied': {
      const exit = tellApplied(terminal, say, name, finding, result);
      return tellAttested(say, result.attested) ? exit : worse(exit, 'partial');
    }
  }
}

function tellApplied(
  terminal: Terminal,
  say: (text: string) => void,
  name: string,
  finding: Finding,
  { proposal: { runId }, outcome, verdict }: Extract<FixResult, { kind: 'applied' }>,
): ExitName {
  const { green, red } = terminal.paint;
  if (outcome.status !== 'complete') {
    say(
      `${red('✗')} ${name}: ${describeOutcome(outcome)}\n  run ${runId}; what was done is in \`hikeshi explain ${runId}\`, and \`hikeshi undo ${runId}\` takes it back\n`,
    );
    return 'failure';
  }
  if (verdict?.status === 'PASSED' || verdict?.status === 'absent') {
    say(
      `${green('✓')} ${name}: fixed and verified on fresh reads\n  run ${runId}; take it back with \`hikeshi undo ${runId}\`\n`,
    );
    return 'ok';
  }
  const why = verdict?.reasons.map(({ text }) => text).join('; ') ?? '';
  say(
    `${red('✗')} ${name}: applied, but ${shortId(finding)} is still ${verdict?.status ?? 'unknown'}: ${why}\n  run ${runId}; take it back with \`hikeshi undo ${runId}\`\n`,
  );
  return 'partial';
}
