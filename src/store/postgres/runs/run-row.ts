/** A run as its row has it. What engine types its states, plans and findings with is the engine's to know. */
export interface RunRow {
  readonly id: string;
  readonly state: string;
  readonly mode: string;
  readonly findingId: string;
  readonly controlId: string;
  readonly accountId: string;
  readonly resourceArn: string;
  readonly finding: unknown;
  readonly parameters: Readonly<Record<string, string>>;
  readonly origin: unknown;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly updatedAt: string;
  /** How many persons were asked for with the request; the policy may ask for more. */
  readonly approvalsAsked: number | undefined;
  readonly approvalsNeeded: number;
  readonly risk: string | undefined;
  readonly playbook: string | undefined;
  readonly proposalHash: string | undefined;
  readonly expiresAt: string | undefined;
  readonly notBefore: string | undefined;
  readonly warnedAt: string | undefined;
  readonly wave: string | undefined;
  readonly reason: string | undefined;
  /** Who wants what is being applied to stop. */
  readonly cancelBy: string | undefined;
  readonly turn: number;
  /** When it was first begun to be applied. */
  readonly beganAt: string | undefined;
}

/** The columns of a run, each under its name here. */
export const RUN_COLUMNS = `id, state, mode, finding_id as "findingId", control_id as "controlId",
  account_id as "accountId", resource_arn as "resourceArn", finding, parameters, origin,
  requested_by as "requestedBy", requested_at as "requestedAt", updated_at as "updatedAt",
  approvals_asked as "approvalsAsked", approvals_needed as "approvalsNeeded", risk, playbook,
  proposal_hash as "proposalHash", expires_at as "expiresAt", not_before as "notBefore", warned_at as "warnedAt", wave,
  reason, cancel_by as "cancelBy", turn, began_at as "beganAt"`;

/** A row as `pg` reads it: times are dates, what is not there is null. */
export function toRunRow(row: Readonly<Record<string, unknown>>): RunRow {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    plain[name] = value instanceof Date ? value.toISOString() : (value ?? undefined);
  }
  return plain as unknown as RunRow;
}
