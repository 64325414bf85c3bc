import type { Queries } from '../database.js';
import type { StatementPart } from '../statement-part.js';

/** What a run would do, and what its rehearsal showed. */
export interface ProposalRow {
  readonly plan: unknown;
  readonly planHash: string;
  readonly rehearsal: unknown;
}

export function writingProposal(runId: string, proposal: ProposalRow): StatementPart {
  return {
    change: `insert into hikeshi.run_proposal (run_id, plan, plan_hash, rehearsal) values ($1, $2, $3, $4)
     on conflict (run_id) do update set plan = excluded.plan, plan_hash = excluded.plan_hash,
       rehearsal = excluded.rehearsal`,
    values: [runId, JSON.stringify(proposal.plan), proposal.planHash, JSON.stringify(proposal.rehearsal)],
  };
}

export async function readProposal(client: Queries, runId: string): Promise<ProposalRow | undefined> {
  const { rows } = await client.query<{ plan: unknown; planHash: string; rehearsal: unknown }>(
    'select plan, plan_hash as "planHash", rehearsal from hikeshi.run_proposal where run_id = $1',
    [runId],
  );
  return rows[0];
}

/** What one person said of a run. */
export interface ApprovalRow {
  readonly by: string;
  readonly decision: 'approved' | 'declined';
  readonly at: string;
  readonly proposalHash: string;
  readonly comment: string | undefined;
}

/** Keeps what a person said. @returns false when that person has said something already. */
export async function insertApproval(client: Queries, runId: string, approval: ApprovalRow): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into hikeshi.run_approval (run_id, person, decision, at, proposal_hash, comment)
     values ($1, $2, $3, $4, $5, $6) on conflict (run_id, person) do nothing`,
    [runId, approval.by, approval.decision, approval.at, approval.proposalHash, approval.comment ?? null],
  );
  return rowCount === 1;
}

/** Makes room for what persons say of another proposal: what they said of earlier ones is in the run's journal. */
export const forgettingApprovals = (runId: string, proposalHash: string): StatementPart => ({
  change: 'delete from hikeshi.run_approval where run_id = $1 and proposal_hash <> $2',
  values: [runId, proposalHash],
});

/** Of each run, in the order they were given. */
export async function readApprovals(
  client: Queries,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ApprovalRow[]>> {
  const { rows } = await client.query<{
    run: string;
    by: string;
    decision: 'approved' | 'declined';
    at: Date;
    hash: string;
    comment: string | null;
  }>(
    `select run_id as run, person as by, decision, at, proposal_hash as hash, comment from hikeshi.run_approval
     where run_id = any($1) order by at, person`,
    [runIds],
  );
  const byRun = new Map<string, ApprovalRow[]>();
  for (const { run, by, decision, at, hash, comment } of rows) {
    const row = { by, decision, at: at.toISOString(), proposalHash: hash, comment: comment ?? undefined };
    byRun.set(run, [...(byRun.get(run) ?? []), row]);
  }
  return byRun;
}
