import type { Finding } from '../../findings/finding.js';
import type { RunEntry } from '../../store/run-file.js';
import type { Plan, RiskClass } from '../../playbooks/playbook.js';
import type { RehearsalSummary } from '../../rehearsal/summary.js';

/** How a response goes on once its plan was rehearsed. */
export type ResponseMode =
  /** Told, and nothing more: the plan and its rehearsal are there to be looked at, and may still be approved. */
  | 'notify'
  /** Waits for approvals. */
  | 'ask'
  /** Applied at once; only plans of risk class S unless a policy says otherwise. */
  | 'automatic';

/**
 * Where a run stands.
 *
 * requested → refused | already-closed | would-not-close | proposed
 * proposed → declined | expired | cancelled | approved
 * approved → applying → resolved | still-open | stopped | cancelled
 * resolved, still-open, stopped → undoing → undone | undo-stopped
 */
export type ResponseState =
  | 'requested'
  | 'refused'
  | 'already-closed'
  | 'would-not-close'
  | 'proposed'
  | 'declined'
  | 'expired'
  | 'cancelled'
  | 'approved'
  | 'applying'
  | 'resolved'
  | 'still-open'
  | 'stopped'
  | 'undoing'
  | 'undone'
  | 'undo-stopped';

/** What started a run. */
export interface Origin {
  readonly kind: 'person' | 'rule' | 'custom-action' | 'event' | 'schedule' | 'wave';
  /** The rule's, action's or schedule's name. */
  readonly name?: string;
  /** Of an event: who did what, from where, as the event says. */
  readonly event?: {
    readonly id: string;
    readonly name: string;
    readonly by: string;
    readonly sourceIp?: string;
    readonly at: string;
  };
}

/** A wish for a run. The same `id` twice is one run. */
export interface ResponseRequest {
  readonly id: string;
  readonly finding: Finding;
  readonly mode: ResponseMode;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Who asked for it: a person's name, or `rule:NAME`. */
  readonly requestedBy: string;
  readonly origin: Origin;
  /** How many persons must approve; by the approval policy unless told, and never fewer than it says. */
  readonly approvalsNeeded?: 1 | 2;
  /** The proposal ends unanswered after this; by the policy unless told. ISO 8601. */
  readonly expiresAt?: string;
  /** Not applied before this (grace period): the owner is warned first. ISO 8601. */
  readonly notBefore?: string;
  readonly wave?: string;
}

export interface ApprovalRecord {
  readonly by: string;
  readonly decision: 'approved' | 'declined';
  readonly at: string;
  /** The hash of plan and rehearsal that was looked at. */
  readonly proposalHash: string;
  readonly comment?: string;
}

/** A run as people and programs see it. */
export interface ResponseView {
  readonly id: string;
  readonly state: ResponseState;
  readonly mode: ResponseMode;
  readonly finding: Pick<
    Finding,
    'id' | 'controlId' | 'accountId' | 'region' | 'resourceType' | 'resourceArn' | 'severity'
  >;
  readonly origin: Origin;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly updatedAt: string;
  readonly risk?: RiskClass;
  readonly playbook?: string;
  /** What approvals are bound to: the hash of plan and rehearsal. */
  readonly proposalHash?: string;
  readonly approvalsNeeded: number;
  readonly approvals: readonly ApprovalRecord[];
  readonly expiresAt?: string;
  readonly notBefore?: string;
  readonly wave?: string;
  /** Why it stands where it stands, for people. */
  readonly reason?: string;
}

/** A run with everything it knows. */
export interface ResponseDetail extends ResponseView {
  readonly plan?: Plan;
  readonly rehearsal?: RehearsalSummary;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The finding as it was when it was asked for. */
  readonly wholeFinding?: Finding;
  readonly entries: readonly RunEntry[];
  /** What of it is in the ledger: the entry's number once it is there. */
  readonly attestations?: readonly { readonly step: string; readonly index?: number }[];
}

export interface ResponseQuery {
  readonly states?: readonly ResponseState[];
  readonly accounts?: readonly string[];
  readonly controlId?: string;
  readonly findingId?: string;
  readonly wave?: string;
  /** 1 to 500. */
  readonly limit: number;
  readonly after?: string;
}

/** Who acts, and what they may act on. Checked at the edge; checked again here where it matters. */
export interface Responder {
  readonly name: string;
  /** Undefined: all accounts. */
  readonly accounts?: readonly string[];
}

/** The stop of all automatic action. */
export interface KillSwitch {
  readonly engaged: boolean;
  readonly by?: string;
  readonly at?: string;
  readonly reason?: string;
}

/** What happened to a run, for screens: sent after it was committed. */
export interface ResponseEvent {
  readonly runId: string;
  readonly state: ResponseState;
  readonly accountId: string;
  readonly at: string;
  readonly text: string;
}

/**
 * The use cases of responding. Every method that changes something has committed when it answers. Refusals are
 * `Problem`s: `unknown-run`, `not-awaiting-approval`, `proposal-changed`, `own-request`, `already-approved`, `not-yours`.
 */
export interface Responses {
  /** Asks for a run: it is planned and rehearsed by a worker. */
  request(request: ResponseRequest): Promise<ResponseView>;
  approve(runId: string, by: Responder, proposalHash: string, comment?: string): Promise<ResponseView>;
  decline(runId: string, by: Responder, comment?: string): Promise<ResponseView>;
  /** Ends what has not begun to be applied, and stops what is being applied before its next step. */
  cancel(runId: string, by: Responder, comment?: string): Promise<ResponseView>;
  /** Goes on with a run that was stopped. */
  resume(runId: string, by: Responder): Promise<ResponseView>;
  undo(runId: string, by: Responder): Promise<ResponseView>;
  list(query: ResponseQuery): Promise<{ readonly runs: readonly ResponseView[]; readonly next?: string }>;
  show(runId: string): Promise<ResponseDetail>;
  killSwitch(): Promise<KillSwitch>;
  setKillSwitch(engaged: boolean, by: Responder, reason: string): Promise<KillSwitch>;
  /** Told of everything that happens from now on, on any machine; answers what ends it. */
  subscribe(listener: (event: ResponseEvent) => void): () => void;
}
