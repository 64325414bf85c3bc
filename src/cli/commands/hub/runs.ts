import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import type { ResponseDetail, ResponseView } from '../../../engine/respond/responses.js';
import { collectParameter, terminalOf } from '../../options.js';
import { exitWith } from '../../exit.js';
import { runTable, runText } from '../../render/hub.js';
import { namedFinding } from './named-finding.js';
import { clientOf, list, moreText, show, withHub, type HubOptions } from './with-hub.js';

interface Runs {
  readonly runs: readonly ResponseView[];
  readonly next?: string;
}

const pathOf = (run: string, verb: string) => `/api/v1/runs/${encodeURIComponent(run)}/${verb}`;

/** `approvals list|approve|decline`. */
export function approvalsCommand(program: Command): void {
  const approvals = program.command('approvals').description('runs that wait for somebody to decide');
  withHub(approvals.command('list').description('what waits'))
    .option('--limit <n>', 'how many', '50')
    .option('--after <place>', 'go on from here')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { limit: string; after?: string }>();
      const { limit, after } = options;
      const answer = await (await clientOf(options)).get<Runs>('/api/v1/approvals', { limit, after });
      show(options, answer, (_terminal, { runs, next }) => `${runTable(runs)}${moreText(next)}`);
    });
  withHub(approvals.command('approve').argument('<run>', 'its id').description('look at a run, and approve it'))
    .option('--hash <hash>', 'the hash of what you looked at; without it you are shown it and asked')
    .option('--comment <text>', 'for the record')
    .action(async (run: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { hash?: string; comment?: string }>();
      const client = await clientOf(options);
      const terminal = terminalOf(options);
      let proposalHash = options.hash;
      if (proposalHash === undefined) {
        const { run: looked } = await client.get<{ run: ResponseDetail }>(`/api/v1/runs/${encodeURIComponent(run)}`);
        terminal.err(runText(terminal, looked));
        if (looked.proposalHash === undefined || looked.state !== 'proposed') {
          throw new Problem('not-awaiting-approval', `the run \`${run}\` is ${looked.state}`, { exit: 'badUsage' });
        }
        if (!(await terminal.confirm('approve this?'))) {
          terminal.err('not approved\n');
          exitWith('declined');
          return;
        }
        proposalHash = looked.proposalHash;
      }
      const said = options.comment === undefined ? {} : { comment: options.comment };
      const answer = await client.post<{ run: ResponseView }>(pathOf(run, 'approve'), { proposalHash, ...said });
      show(options, answer, (_terminal, { run: now }) => runText(terminal, now));
    });
  deciding(approvals, 'decline', 'say no to a run');
}

/** `runs list|show|request|cancel|resume|undo`. */
export function runsCommand(program: Command): void {
  const runs = program.command('runs').description('runs of the hub: planned, rehearsed, approved, applied, verified');
  withHub(runs.command('list').description('runs, newest first'))
    .option('--state <states>', 'in these states, separated by commas')
    .option('--control <id>', 'of this control')
    .option('--wave <name>', 'of this wave')
    .option('--limit <n>', 'how many', '50')
    .option('--after <place>', 'go on from here')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<
        HubOptions & { state?: string; control?: string; wave?: string; limit: string; after?: string }
      >();
      const { wave, limit, after } = options;
      const query = { states: list(options.state), controlId: options.control, wave, limit, after };
      const answer = await (await clientOf(options)).get<Runs>('/api/v1/runs', query);
      show(options, answer, (_terminal, { runs, next }) => `${runTable(runs)}${moreText(next)}`);
    });
  withHub(runs.command('show').argument('<run>', 'its id').description('a run with all it did')).action(
    async (run: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (
        await clientOf(options)
      ).get<{ run: ResponseDetail }>(`/api/v1/runs/${encodeURIComponent(run)}`);
      show(options, answer, (terminal, { run: found }) => runText(terminal, found));
    },
  );
  requestCommand(runs);
  deciding(runs, 'cancel', 'end a run before its next step');
  for (const [verb, description] of [
    ['resume', 'go on with a run that stopped'],
    ['undo', 'undo what a run did'],
  ] as const) {
    withHub(runs.command(verb).argument('<run>', 'its id').description(description)).action(
      async (run: string, _given: unknown, command: Command) => {
        const options = command.optsWithGlobals<HubOptions>();
        const answer = await (await clientOf(options)).post<{ run: ResponseView }>(pathOf(run, verb));
        show(options, answer, (terminal, { run: now }) => runText(terminal, now));
      },
    );
  }
}

function requestCommand(runs: Command): void {
  withHub(
    runs
      .command('request')
      .argument('<finding>', "the finding's whole id")
      .description('ask for a run that closes a finding'),
  )
    .option('--mode <mode>', 'notify, ask or automatic', 'ask')
    .option('--set <name=value>', 'a parameter of the playbook (any number of times)', collectParameter, {})
    .option('--approvals <n>', 'how many must approve, 1 or 2')
    .option('--not-before <time>', 'not applied before this')
    .action(async (finding: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<
        HubOptions & { mode: string; set: Record<string, string>; approvals?: string; notBefore?: string }
      >();
      const client = await clientOf(options);
      const { finding: found } = await namedFinding(client, finding);
      const answer = await client.post<{ run: ResponseView }>('/api/v1/runs', {
        finding: { Id: found.Id, ProductArn: found.ProductArn },
        mode: options.mode,
        ...(Object.keys(options.set).length === 0 ? {} : { parameters: options.set }),
        ...(options.approvals === undefined ? {} : { approvalsNeeded: Number(options.approvals) }),
        ...(options.notBefore === undefined ? {} : { notBefore: options.notBefore }),
      });
      show(options, answer, (terminal, { run }) => runText(terminal, run));
    });
}

function deciding(parent: Command, verb: 'decline' | 'cancel', description: string): void {
  withHub(parent.command(verb).argument('<run>', 'its id').description(description))
    .option('--comment <text>', 'for the record')
    .action(async (run: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { comment?: string }>();
      const body = options.comment === undefined ? {} : { comment: options.comment };
      const answer = await (await clientOf(options)).post<{ run: ResponseView }>(pathOf(run, verb), body);
      show(options, answer, (terminal, { run: now }) => runText(terminal, now));
    });
}
