import { Problem } from '../../base/problem.js';
import type { AnyControl } from '../../controls/control.js';
import type { Estate } from '../../estate/estate.js';
import { execute, undo, type Outcome } from '../../playbooks/execute.js';
import type { Home } from '../../store/home.js';
import { journalOf, stateOf, type RunEntry, type RunRecord } from '../../store/run-file.js';
import { lockResource } from '../../store/resource-lock.js';
import type { OpenConnection } from '../connect/open.js';
import type { Report } from '../event.js';
import type { Ledger } from '../attest/ledger.js';
import { attestEnd, type AttestResult } from '../fix/fix.js';
import { verify, type FreshVerdict } from '../fix/verify.js';
import { realSleep, worldOf } from '../fix/world.js';

export interface RunOptions {
  readonly runId: string;
  readonly controls: readonly AnyControl[];
  readonly estate: (accountId: string) => Promise<Estate>;
  readonly connection: OpenConnection;
  readonly home: Home;
  readonly ledger: Ledger;
  readonly now: () => Date;
  readonly report: Report;
}

export interface RunEnd {
  readonly record: RunRecord;
  readonly outcome: Outcome;
  readonly verdict: FreshVerdict | undefined;
  readonly attested: AttestResult;
}

/**
 * Takes a run back by its recorded inverse calls. What somebody has changed since is left alone: the run then stops and
 * says what differs.
 *
 * @throws Problem `nothing-to-undo`.
 */
export async function undoRun(options: RunOptions): Promise<RunEnd> {
  return withRun(options, async (record) => {
    const state = stateOf(record);
    if (state === 'proposed' || state === 'declined' || state === 'undone') {
      throw new Problem(
        'nothing-to-undo',
        `run \`${options.runId}\` was ${state === 'undone' ? 'undone already' : 'never applied'}`,
        {
          exit: 'badUsage',
        },
      );
    }
    const { plan } = record.header;
    const world = worldOf(
      plan,
      options.connection.send,
      options.home.runs(options.now).journal(options.runId),
      options.report,
    );
    return { verb: 'undo' as const, outcome: await undo(plan, world, journalOf(record)) };
  });
}

/**
 * Continues a run that was interrupted: what is known to be done is not repeated, and a call that may have happened is
 * looked for first.
 *
 * @throws Problem `not-interrupted`.
 */
export async function continueRun(options: RunOptions): Promise<RunEnd> {
  return withRun(options, async (record) => {
    const approved = record.entries.some(({ kind }) => kind === 'approved');
    const state = stateOf(record);
    if (!approved || (state !== 'interrupted' && state !== 'stopped')) {
      throw new Problem('not-interrupted', `run \`${options.runId}\` is ${state}; there is nothing to continue`, {
        exit: 'badUsage',
      });
    }
    const { plan } = record.header;
    const world = worldOf(
      plan,
      options.connection.send,
      options.home.runs(options.now).journal(options.runId),
      options.report,
    );
    return { verb: 'apply' as const, outcome: await execute(plan, world, journalOf(record)) };
  });
}

async function withRun(
  options: RunOptions,
  work: (record: RunRecord) => Promise<{ verb: 'apply' | 'undo'; outcome: Outcome }>,
): Promise<RunEnd> {
  const { home, now, runId, connection, report } = options;
  const runs = home.runs(now);
  const { subject } = (await runs.read(runId)).header.plan;
  const unlock = await lockResource(home.locks, subject.resourceArn, runId);
  try {
    const record = await runs.read(runId);
    const { verb, outcome } = await work(record);
    await runs.append<Extract<RunEntry, { kind: 'ended' }>>(runId, { kind: 'ended', verb, outcome });
    const attested = await attestEnd(home, runs, options.ledger, runId);
    const control = options.controls.find(({ id }) => id === subject.controlId);
    if (outcome.status !== 'complete' || control === undefined)
      return { record, outcome, verdict: undefined, attested };
    const estate = await options.estate(subject.accountId);
    const wanted = verb === 'undo' ? ('FAILED' as const) : ('PASSED' as const);
    const verdict = await verify({ subject, control, estate, send: connection.send, sleep: realSleep, report, wanted });
    return { record, outcome, verdict, attested };
  } finally {
    await unlock();
  }
}
