import type { AnyControl, Reason, Status } from '../../controls/control.js';
import type { Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import type { LedgerRecord } from '../../ledger/record/statement.js';
import type { Send } from '../../reference/api-call.js';
import type { Scope } from '../scope/scope.js';
import type { ResponseView } from './responses.js';

/** The findings that runs are about, wherever they are kept. */
export interface ResponseFindings {
  /** A run looked again. Told at least once for each run: telling it twice must be the same as once. */
  looked(finding: Finding, verdict: FindingVerdict, context: VerdictContext): Promise<void>;
  /** Open findings, newest first: all that are in a scope, and others too where it asks for what a finding does not tell. */
  open(scope: Scope): AsyncIterable<Finding>;
}

export interface FindingVerdict {
  readonly status: Status | 'absent';
  readonly reasons: readonly Reason[];
}

export interface VerdictContext {
  readonly runId: string;
  readonly at: string;
  /** `run RUN resolved it`, for the finding's history. */
  readonly text: string;
}

/** The ledger that runs are attested in, on the machine that has it. */
export interface ResponseLedger {
  /** How many entries there are. */
  size(): Promise<number>;
  /**
   * Appends, unless an entry from `unlessFrom` on has the record already; those that are asked for together are signed together.
   *
   * @returns the entry's number.
   */
  append(record: LedgerRecord, unlessFrom: number): Promise<number>;
  /** The entries that have these records already, by the record's digest, as far back as `since`. */
  find(digests: ReadonlySet<string>, since: Date): Promise<ReadonlyMap<string, number>>;
}

/** What people are told. */
export interface ResponseNotifications {
  /** A proposal waits for people, or an owner is warned of what is done after its grace period. */
  tell(kind: 'proposed' | 'grace-period', run: ResponseView): Promise<void>;
}

/** The way to an account. */
export interface AccountConnection {
  readonly send: Send;
  /** The caller's ARN. */
  readonly caller: string;
}

/** All that responding needs of the world. Each is a crash point of the simulation. */
export interface ResponsePorts {
  readonly controls: readonly AnyControl[];
  /** The estate of the last scan that has an account. @throws Problem when there is none. */
  estate(accountId: string): Promise<Estate>;
  connection(accountId: string): Promise<AccountConnection>;
  readonly findings: ResponseFindings;
  readonly notifications: ResponseNotifications;
  now(): Date;
  /** Waits while working; a wait that must outlive the process is a workflow's `sleep`. */
  sleep(milliseconds: number): Promise<void>;
}
