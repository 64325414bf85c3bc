import type { Command } from 'commander';
import { controls } from '../../controls/catalogue.js';
import { chooseFindings } from '../../engine/rehearse/choose-findings.js';
import { rehearseFindings } from '../../engine/rehearse/rehearse-findings.js';
import { shortId } from '../../findings/finding.js';
import { withDatabase, withHome, type DatabaseOptions } from '../database.js';
import { exitWith } from '../exit.js';
import {
  collectName,
  collectParameter,
  controlsNamed,
  selectionOf,
  terminalOf,
  withSelection,
  type SelectionOptions,
} from '../options.js';
import type { Home } from '../../store/home.js';
import { progressOn } from '../progress.js';
import { proposal } from '../render/rehearsal.js';
import { ranked } from '../render/findings.js';

interface RehearseCliOptions extends DatabaseOptions, SelectionOptions {
  readonly control: readonly string[];
  readonly all?: boolean;
  readonly set: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

export function rehearseCommand(program: Command): void {
  withDatabase(withSelection(program.command('rehearse')))
    .argument('[findings...]', 'findings, by id')
    .description('carry a fix out on a twin of your estate, and show what it would do; touches nothing real')
    .option('--control <id>', 'all open findings of this control (any number of times)', collectName, [])
    .option('--all', 'all open findings')
    .option('--set <name=value>', 'a parameter of the playbook (any number of times)', collectParameter, {})
    .option('--json', 'as JSON lines')
    .action(async (ids: string[], _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<RehearseCliOptions>();
      await withHome(options, 'rehearse', (home) => runRehearse(ids, options, home));
    });
}

async function runRehearse(ids: readonly string[], options: RehearseCliOptions, home: Home): Promise<void> {
  const terminal = terminalOf(options);
  const named = options.control.length === 0 ? [] : controlsNamed(options.control).map(({ id }) => id);
  const choice = { ids: [...ids], controls: named, all: options.all === true, selection: selectionOf(options) };
  const findings = ranked(chooseFindings(await home.findings.read(), choice, await home.accounts()));
  if (findings.length === 0) {
    terminal.err('no open finding matches; nothing to rehearse\n');
    return;
  }
  const { report, end } = progressOn(terminal);
  const tally = { closes: 0, not: 0, refused: 0 };
  for await (const rehearsed of rehearseFindings({
    findings,
    controls,
    home,
    parameters: options.set,
    now: new Date(),
    report,
  })) {
    end();
    const { finding } = rehearsed;
    if ('refusal' in rehearsed) {
      tally.refused += 1;
      const { refused, next } = rehearsed.refusal;
      if (options.json === true) terminal.out(`${JSON.stringify({ finding: finding.id, refused, next })}\n`);
      else
        terminal.out(
          `${finding.controlId} ${finding.resourceArn} (${shortId(finding)})\n  no plan: ${refused}\n  next: ${next}\n\n`,
        );
      continue;
    }
    const { plan, rehearsal } = rehearsed;
    tally[rehearsal.summary.closes ? 'closes' : 'not'] += 1;
    if (options.json === true) {
      terminal.out(
        `${JSON.stringify({ finding: finding.id, planHash: rehearsal.planHash, plan, rehearsal: rehearsal.summary })}\n`,
      );
    } else terminal.out(`${proposal(terminal, finding, plan, rehearsal.summary)}\n`);
  }
  end();
  terminal.err(
    `${findings.length} rehearsed: ${tally.closes} would close, ${tally.not} would not, ${tally.refused} have no plan\n`,
  );
  exitWith(tally.not + tally.refused > 0 ? 'partial' : 'ok');
}
