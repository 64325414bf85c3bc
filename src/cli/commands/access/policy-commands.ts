import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { readPolicy } from '../../../engine/access/read-policy.js';
import { policyKinds, type PolicyKind } from '../../../policy/document/policy-kinds.js';
import { statementName } from '../../../policy/document/policy.js';
import {
  checkAccessNotGranted,
  checkNoNewAccess,
  checkNoPublicAccess,
  type CheckResult,
} from '../../../policy/questions/checks.js';
import { deadStatements } from '../../../policy/questions/dead-statements.js';
import { difference, type Difference } from '../../../policy/questions/difference.js';
import { exitWith } from '../../exit.js';
import { collectName, terminalOf, type GlobalOptions } from '../../options.js';
import { requestJson, requestText } from '../../render/access.js';
import type { Terminal } from '../../terminal.js';

interface PolicyOptions extends GlobalOptions {
  readonly kind?: string;
  readonly json?: boolean;
}

/** Questions of policy documents alone. */
export function policyCommands(access: Command): void {
  withKind(access.command('check-no-new-access'))
    .argument('<existing>', 'a policy file')
    .argument('<updated>', 'a policy file')
    .description('whether the updated policy grants nothing that the existing one does not')
    .action(async (existing: string, updated: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<PolicyOptions>();
      const [before, after] = await Promise.all([existing, updated].map((path) => readPolicy(path, kindOf(options))));
      if (before !== undefined && after !== undefined) tell(options, checkNoNewAccess([before], [after]));
    });
  withKind(access.command('check-access-not-granted'))
    .argument('<policy>', 'a policy file')
    .option('--action <pattern>', 'an action (any number of times)', collectName, [])
    .option('--resource <arn>', 'a resource (any number of times)', collectName, [])
    .description('whether the policy grants none of the actions on the resources')
    .action(async (path: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<PolicyOptions & { action: string[]; resource: string[] }>();
      if (options.action.length + options.resource.length === 0) {
        throw new Problem('no-access-named', 'name an --action or a --resource', { exit: 'badUsage' });
      }
      const policy = await readPolicy(path, kindOf(options));
      tell(options, checkAccessNotGranted([policy], [{ actions: options.action, resources: options.resource }]));
    });
  withKind(access.command('check-no-public-access'))
    .argument('<policy>', 'a policy file')
    .description('whether the policy grants nothing to the public')
    .action(async (path: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<PolicyOptions>();
      tell(options, checkNoPublicAccess([await readPolicy(path, kindOf(options) ?? 'resource')]));
    });
  diffCommand(access);
  deadCommand(access);
}

function diffCommand(access: Command): void {
  withKind(access.command('diff'))
    .argument('<existing>', 'a policy file')
    .argument('<updated>', 'a policy file')
    .option('--cases <n>', 'list at most so many cases of each direction', '50')
    .description('what the updated policy allows more and less, as disjoint cases')
    .action(async (existing: string, updated: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<PolicyOptions & { cases: string }>();
      const terminal = terminalOf(options);
      if (!/^[1-9]\d{0,5}$/.test(options.cases)) {
        throw new Problem('bad-cases', `--cases \`${options.cases}\` is no number`, {
          next: 'for example 500',
          exit: 'badUsage',
        });
      }
      const most = Number(options.cases);
      const [before, after] = await Promise.all([existing, updated].map((path) => readPolicy(path, kindOf(options))));
      if (before === undefined || after === undefined) return;
      const gained = difference([before], [after], most);
      const lost = difference([after], [before], most);
      if (options.json === true) {
        terminal.out(
          `${JSON.stringify({ gained: differenceJson(gained), lost: differenceJson(lost) }, undefined, 1)}\n`,
        );
      } else {
        tellDifference(terminal, '+', gained);
        tellDifference(terminal, '-', lost);
      }
      const isExact = [gained, lost].every(({ complete, reasons }) => complete && reasons.length === 0);
      const same = gained.cases.length + lost.cases.length === 0;
      terminal.err(same && isExact ? 'the policies mean the same: proved over all requests\n' : '');
      exitWith(isExact ? (same ? 'ok' : 'findings') : 'partial');
    });
}

function deadCommand(access: Command): void {
  withKind(access.command('dead'))
    .argument('<policy>', 'a policy file')
    .description('statements that could go without changing what the policy means')
    .action(async (path: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<PolicyOptions>();
      const terminal = terminalOf(options);
      const { dead, undetermined } = deadStatements(await readPolicy(path, kindOf(options)));
      const said = dead.map(({ statement, why }) => ({ statement: statementName(statement), why }));
      if (options.json === true) {
        terminal.out(
          `${JSON.stringify({ dead: said, undetermined: undetermined.map(statementName) }, undefined, 1)}\n`,
        );
      } else {
        for (const { statement, why } of said) terminal.out(`${statement}: ${why}\n`);
        for (const one of undetermined) terminal.out(`${statementName(one)}: could not be decided\n`);
      }
      terminal.err(`${dead.length} without effect, ${undetermined.length} undecided\n`);
      exitWith(undetermined.length > 0 ? 'partial' : dead.length > 0 ? 'findings' : 'ok');
    });
}

function withKind(command: Command): Command {
  return command
    .option(
      '--kind <kind>',
      `what the documents are: ${Object.keys(policyKinds).join(', ')} (default: by its principals)`,
    )
    .option('--json', 'as JSON');
}

function kindOf({ kind }: PolicyOptions): PolicyKind | undefined {
  if (kind === undefined) return undefined;
  if (kind in policyKinds) return kind as PolicyKind;
  throw new Problem('unknown-kind', `there is no kind of policy \`${kind}\``, {
    next: `the kinds are ${Object.keys(policyKinds).join(', ')}`,
    exit: 'badUsage',
  });
}

function tell(options: PolicyOptions, result: CheckResult): void {
  const terminal = terminalOf(options);
  if (options.json === true) {
    const said =
      result.result === 'FAIL'
        ? { ...result, witness: requestJson(result.witness), statements: result.statements.map(statementName) }
        : result;
    terminal.out(`${JSON.stringify(said, undefined, 1)}\n`);
  } else if (result.result === 'FAIL') {
    terminal.out(
      `FAIL by ${result.statements.map(statementName).join(', ')}\n  for example: ${requestText(result.witness)}\n`,
    );
  } else
    terminal.out(result.result === 'PASS' ? 'PASS: proved over all requests\n' : `UNDETERMINED: ${result.reason}\n`);
  exitWith(result.result === 'PASS' ? 'ok' : result.result === 'FAIL' ? 'findings' : 'partial');
}

function tellDifference(terminal: Terminal, sign: '+' | '-', { cases, complete, reasons }: Difference): void {
  for (const { description, witness } of cases) {
    for (const [dimension, text] of Object.entries(description)) terminal.out(`${sign} ${dimension}: ${text}\n`);
    terminal.out(`  for example: ${requestText(witness)}\n\n`);
  }
  if (!complete) terminal.out(`${sign} and more: --cases lists them\n`);
  for (const reason of reasons) terminal.out(`  known only in part: ${reason}\n`);
}

function differenceJson({ cases, complete, reasons }: Difference): object {
  return {
    cases: cases.map(({ description, witness }) => ({ description, witness: requestJson(witness) })),
    complete,
    reasons,
  };
}
