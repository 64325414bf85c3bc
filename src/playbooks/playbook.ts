import type { Json } from '../base/json.js';
import type { Estate } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { ApiCall, ApiName } from '../reference/api-call.js';

/** S: no access path changes. M: configuration, cost or delay. H: can break workloads. */
export type RiskClass = 'S' | 'M' | 'H';

/** What a plan is for: the resource a failed finding is about. */
export interface Subject {
  readonly controlId: string;
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: TypeName;
  readonly resourceArn: string;
}

/** What a read must answer at a path. Objects compare without key order, lists without item order. */
export type Expectation =
  | { readonly equals: Json }
  | { readonly contains: Json }
  | { readonly lacks: Json }
  | { readonly oneOf: readonly Json[] }
  /** A text that is a policy document and says the same as this one: AWS gives documents back in a form of its own. */
  | { readonly document: string }
  /** The path leads nowhere (or the read answers one of `absent`). */
  | { readonly missing: true };

/**
 * A statement about reality: this read, at this path, answers so. A compare-and-set is a check right before a call.
 * In `path`, `GroupId=sg-1` picks the list item with that member: `SecurityGroups.GroupId=sg-1.IpPermissions`.
 */
export interface Check {
  readonly read: ApiCall;
  readonly path: string;
  readonly expect: Expectation;
  /** Error codes that mean "there is none": the read then counts as answering nothing. */
  readonly absent?: readonly string[];
}

/** One change: what must be true before, the call, what it leaves behind, and the call that takes it back. */
export interface Step {
  /** Unique in its plan: `OutputReference`s name it. */
  readonly id: string;
  /** What it does, as a sentence without a full stop: `revoke ingress 0.0.0.0/0 tcp 22 from sg-1`. */
  readonly title: string;
  readonly call: ApiCall;
  /** The before-values. Checked on fresh reads right before the call; if one does not hold, the run stops. */
  readonly before: readonly Check[];
  /** What the call leaves behind: waited for after it, and checked again before it is undone. */
  readonly after: readonly Check[];
  /** How long `after` may take to come true. Default 60. */
  readonly settleSeconds?: number;
  /** The inverse calls in order, or why there are none. */
  readonly undo: readonly ApiCall[] | { readonly impossible: string };
}

/** Something the approver must know: `keyInUse`, `notRestorable`, `cost`, … */
export interface Warning {
  readonly code: string;
  readonly text: string;
}

/** Pure data: can be shown, hashed, approved, stored, rehearsed and applied. */
export interface Plan {
  readonly playbook: string;
  readonly risk: RiskClass;
  readonly subject: Subject;
  readonly steps: readonly Step[];
  readonly warnings: readonly Warning[];
  /** What the twin cannot show of this plan's effects (`workload reboots`), named for the approver. */
  readonly outsideModel: readonly string[];
}

/** No plan is possible, and what to do instead. A needed read that was denied is always a refusal. */
export interface Refusal {
  readonly refused: string;
  readonly next: string;
}

/** Values the user may set, each with a default or none. Texts only; a playbook validates its own. */
export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly default?: string;
}

/** A playbook: one folder. `plan` is pure; the calls it returns are all that ever happens. */
export interface Playbook {
  /** The folder's name: `revoke-open-ingress`. */
  readonly id: string;
  readonly title: string;
  /** What it does and what it never does, for `explain`. */
  readonly description: string;
  /** The controls whose failed findings it answers. */
  readonly controls: readonly string[];
  readonly risk: RiskClass;
  /** Every API its plans may call (reads of the checks and undo included): the source of the least-privilege fix policy. */
  readonly calls: readonly ApiName[];
  /** IAM actions its calls need besides their own (`iam:PassRole`). */
  readonly extraActions?: readonly string[];
  readonly parameters?: readonly Parameter[];
  /**
   * The changes that close the finding on this subject.
   *
   * @param parameters by name; missing ones take their default.
   */
  readonly plan: (subject: Subject, estate: Estate, parameters: Readonly<Record<string, string>>) => Plan | Refusal;
}

export function isRefusal(plan: Plan | Refusal): plan is Refusal {
  return 'refused' in plan;
}
