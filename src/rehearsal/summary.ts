import type { Change } from '../estate/diff.js';
import type { Result } from '../controls/evaluate.js';
import type { Reason, Status } from '../controls/control.js';
import type { AccessChange } from './access-change.js';
import type { Outcome } from '../playbooks/execute.js';

/** A change without the configurations themselves: what a record and a screen need. */
export type ChangeSummary = Omit<Change, 'before' | 'after'>;

/** A result that a run changes. */
export type AffectedResult = Pick<Result, 'controlId' | 'accountId' | 'region' | 'resourceArn'> & {
  readonly before: Status | 'absent';
  readonly after: Status | 'absent';
};

/** One IAM permission that the calls of a run were asked for. */
export interface UsedPermission {
  readonly action: string;
  readonly resource: string;
}

/** Whether taking the run back leaves the estate exactly as it was. */
export type UndoRehearsal =
  | { readonly status: 'restores' }
  | { readonly status: 'differs'; readonly differences: readonly ChangeSummary[] }
  | { readonly status: 'impossible' | 'failed'; readonly why: string };

/** What a rehearsal showed. Plain data: it is hashed, approved, recorded and shown. */
export interface RehearsalSummary {
  /** How carrying out the plan on the twin ended. */
  readonly outcome: Outcome;
  /** Whether the control passes afterwards: only then may the plan be applied. */
  readonly closes: boolean;
  readonly verdict: { readonly status: Status | 'absent'; readonly reasons: readonly Reason[] };
  /** Other findings that the run closes or opens. */
  readonly alsoCloses: readonly AffectedResult[];
  readonly opens: readonly AffectedResult[];
  readonly changes: readonly ChangeSummary[];
  /** Who gains or loses which access. */
  readonly access: AccessChange;
  /** The permissions the calls used, as the twin's services asked its authorizer. */
  readonly permissions: readonly UsedPermission[];
  readonly undo: UndoRehearsal;
  /** What the twin cannot show, named. */
  readonly outsideModel: readonly string[];
}
