import type { Database } from '../../store/postgres/database.js';
import { readKillSwitch } from '../../store/postgres/runs/kill-switch.js';
import {
  insertApproval,
  readApprovals,
  readProposal,
  type ProposalRow,
} from '../../store/postgres/runs/proposal-table.js';
import { addingEntries, claimRun, readEntries } from '../../store/postgres/runs/run-journal.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import { lockRun, moveRun, readRun, type RunChange } from '../../store/postgres/runs/run-table.js';
import type { Queries } from '../../store/postgres/database.js';
import { changeTogether } from '../../store/postgres/statement-part.js';
import type { RunEntry } from '../../store/run-file.js';
import type { Enqueue, WorkflowName } from './durable.js';
import { viewOf } from './response-view.js';
import {
  alreadyApproved,
  killed,
  notAwaiting,
  notYours,
  ownRequest,
  proposalChanged,
  unknownRun,
  wrongState,
} from './respond-problems.js';
import type { Responder, ResponseState, ResponseView } from './responses.js';
import { attestingEntries, laneOf } from './run-record.js';

/** What persons decide of runs: each decision and what follows from it in one transaction. */
export class Decisions {
  private readonly database: Database;
  private readonly enqueue: Enqueue;
  private readonly now: () => Date;

  constructor(database: Database, enqueue: Enqueue, now: () => Date) {
    this.database = database;
    this.enqueue = enqueue;
    this.now = now;
  }

  async approve(id: string, by: Responder, proposalHash: string, comment?: string): Promise<ResponseView> {
    if (await this.isOverdue(id)) throw notAwaiting(id, 'expired');
    return this.decide(id, by, async (client, run, at) => {
      const proposal = await this.awaiting(client, run);
      if (run.proposalHash !== proposalHash) throw proposalChanged(id);
      if (run.approvalsNeeded === 2 && run.requestedBy === by.name) throw ownRequest(id, by.name);
      const killSwitch = await readKillSwitch(client);
      if (killSwitch.engaged) throw killed(killSwitch.by ?? 'somebody', killSwitch.reason ?? '');
      const approval = { by: by.name, decision: 'approved' as const, at, proposalHash, comment };
      if (!(await insertApproval(client, id, approval))) throw alreadyApproved(id, by.name);
      const given = (await readApprovals(client, [id])).get(id) ?? [];
      const approvers = given.filter((each) => each.decision === 'approved' && each.proposalHash === proposalHash);
      if (approvers.length < run.approvalsNeeded) {
        const reason = `${approvers.length} of ${run.approvalsNeeded} persons approved it`;
        return moveRun(client, id, 'proposed', at, { reason });
      }
      const more = approvers.map((given): RunEntry => ({ kind: 'approved', at: given.at, by: given.by, how: 'hub' }));
      await this.attested(client, run, proposal, more, by.name);
      await this.start(client, run, 'apply@2', 'approved', at, {});
    });
  }

  async decline(id: string, by: Responder, comment?: string): Promise<ResponseView> {
    return this.decide(id, by, async (client, run, at) => {
      const proposal = await this.awaiting(client, run);
      const approval = {
        by: by.name,
        decision: 'declined' as const,
        at,
        proposalHash: run.proposalHash ?? '',
        comment,
      };
      if (!(await insertApproval(client, id, approval))) throw alreadyApproved(id, by.name);
      await this.attested(client, run, proposal, [{ kind: 'declined', at, by: by.name }], by.name);
      const reason = comment === undefined ? `declined by ${by.name}` : `declined by ${by.name}: ${comment}`;
      await moveRun(client, id, 'declined', at, { reason });
    });
  }

  async cancel(id: string, by: Responder, comment?: string): Promise<ResponseView> {
    return this.decide(id, by, async (client, run, at) => {
      const reason = comment === undefined ? `cancelled by ${by.name}` : `cancelled by ${by.name}: ${comment}`;
      if (run.state === 'applying') {
        // Its worker stops it before its next step, and says so.
        return moveRun(client, id, 'applying', at, {
          cancelBy: by.name,
          reason: `${reason}; stops before its next step`,
        });
      }
      if (!['requested', 'proposed', 'approved'].includes(run.state)) throw wrongState(id, run.state, 'cancelled');
      // Whoever is about to write to it has lost it.
      await claimRun(client, id, `cancelled by ${by.name}`, at);
      await moveRun(client, id, 'cancelled', at, { reason });
    });
  }

  async resume(id: string, by: Responder): Promise<ResponseView> {
    return this.decide(id, by, async (client, run, at) => {
      if (run.state !== 'stopped' && run.state !== 'still-open') throw wrongState(id, run.state, 'resumed');
      const killSwitch = await readKillSwitch(client);
      if (killSwitch.engaged) throw killed(killSwitch.by ?? 'somebody', killSwitch.reason ?? '');
      await this.start(client, run, 'apply@2', 'approved', at, { cancelBy: null, reason: `resumed by ${by.name}` });
    });
  }

  async undo(id: string, by: Responder): Promise<ResponseView> {
    return this.decide(id, by, async (client, run, at) => {
      if (!['resolved', 'still-open', 'stopped', 'undo-stopped'].includes(run.state))
        throw wrongState(id, run.state, 'undone');
      await this.start(client, run, 'undo@1', 'undoing', at, { cancelBy: null, reason: `${by.name} takes it back` });
    });
  }

  /** Ends a proposal whose time is over when somebody comes late. */
  private async isOverdue(id: string): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const run = await lockRun(client, id);
      const overdue =
        run?.state === 'proposed' && run.expiresAt !== undefined && Date.parse(run.expiresAt) <= this.now().getTime();
      if (overdue)
        await moveRun(client, id, 'expired', this.now().toISOString(), { reason: 'nobody answered in time' });
      return overdue;
    });
  }

  private async awaiting(client: Queries, run: RunRow): Promise<ProposalRow> {
    const proposal = await readProposal(client, run.id);
    if (run.state !== 'proposed' || proposal === undefined) throw notAwaiting(run.id, run.state);
    return proposal;
  }

  private async attested(
    client: Queries,
    run: RunRow,
    proposal: ProposalRow,
    more: readonly RunEntry[],
    caller: string,
  ): Promise<void> {
    const before = await readEntries(client, run.id);
    const entries = [...before, ...more];
    await changeTogether(client, [
      addingEntries(run.id, before.length, more),
      ...attestingEntries(run, proposal, entries, { from: before.length, caller }),
    ]);
  }

  private async start(
    client: Queries,
    run: RunRow,
    name: WorkflowName,
    to: ResponseState,
    at: string,
    change: RunChange,
  ): Promise<void> {
    const turn = run.turn + 1;
    await moveRun(client, run.id, to, at, { ...change, turn });
    await this.enqueue(client, name, { runId: run.id, turn }, { lane: laneOf(run.resourceArn) });
  }

  private async decide(
    id: string,
    by: Responder,
    work: (client: Queries, run: RunRow, at: string) => Promise<void>,
  ): Promise<ResponseView> {
    return this.database.transaction(async (client) => {
      const run = await lockRun(client, id);
      if (run === undefined) throw unknownRun(id);
      if (by.accounts?.includes(run.accountId) === false) throw notYours(id, run.accountId);
      await work(client, run, this.now().toISOString());
      const after = (await readRun(client, id)) ?? run;
      return viewOf(after, (await readApprovals(client, [id])).get(id) ?? []);
    });
  }
}
