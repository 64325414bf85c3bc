import type { Json } from '../../base/json.js';
import type { AutomationRule } from '../../findings/hub/automation-rule.js';
import type { CriterionExplanation } from '../../findings/hub/explain-criterion.js';
import type { AsffFinding, HistoryRecord } from '../../findings/hub/finding-hub.js';

/** A rule as it is written. All but its name belongs to who decides by it, and is checked there. */
export interface RuleDocument {
  readonly name: string;
  readonly [member: string]: Json;
}

/** A rule as it is kept. */
export interface Rule {
  readonly document: RuleDocument;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** What is wrong with a rule: the member, and what it breaks. */
export interface InvalidRule {
  readonly invalid: { readonly field: string; readonly rule: string };
}

/** What a rule would match of what is there now. */
export interface RulePreview {
  readonly matched: number;
  /** How many findings were looked at, newest first. */
  readonly examined: number;
  /** Those were all that there are, as far as the caller may see. */
  readonly complete: boolean;
  /** The first of those that match. */
  readonly findings?: readonly AsffFinding[];
}

/** Why a rule fired or did not, once. Of automation rules only that they fired: what did not is told by `explain`. */
export interface RuleLogEntry {
  readonly kind: 'automation' | 'event';
  readonly at: string;
  readonly rule: string;
  /** Of a rule over events. */
  readonly eventId?: string;
  /** Of an automation rule: the Id of the finding that came in. */
  readonly finding?: string;
  /** Of an automation rule: which version of it, by when it was changed last. */
  readonly version?: string;
  readonly fired: boolean;
  readonly why: string;
  /** What it then did, or left and why. */
  readonly actions: Json;
}

/** What a rule says of a finding. */
export interface RuleVerdict {
  /** An automation rule of AWS's, or a rule over events. */
  readonly kind: 'automation' | 'event';
  readonly rule: string;
  readonly matched: boolean;
  readonly why: string;
  /**
   * `recorded`: so it was when the finding last came in. `again`: worked out now, from the finding as it came in and a rule
   * that nobody changed since. `now`: what the rule says as it reads now.
   */
  readonly judged: 'recorded' | 'again' | 'now';
  /** When the finding was judged, or of when it is that was judged. */
  readonly at: string;
  /** Of an automation rule. */
  readonly arn?: string;
  /** Which version of an automation rule was judged, by when it was changed last. */
  readonly version?: string;
  /** What an automation rule that matched changed, in the shape of a finding's history. */
  readonly updates?: HistoryRecord['updates'];
  /** The criterion that kept an automation rule from matching. */
  readonly failed?: Omit<CriterionExplanation, 'why'>;
}

/** What every rule says of a finding. */
export interface RuleExplanation {
  /** When it last came in, and by whom; left out where its history does not reach back. */
  readonly came?: { readonly at: string; readonly by: string };
  readonly verdicts: readonly RuleVerdict[];
}

/** An event that could not be decided, or a delivery that nobody took. */
export interface RuleFailure {
  readonly kind: 'event' | 'delivery';
  readonly id: string;
  readonly eventId: string;
  readonly rule?: string;
  readonly target?: string;
  readonly at: string;
  readonly error: string;
}

export interface RuleLogQuery {
  readonly rule?: string;
  readonly eventId?: string;
  readonly fired?: boolean;
  /** Only events of these accounts; all unless told. */
  readonly accounts?: readonly string[];
  /** 1 to 500, newest first. */
  readonly limit: number;
}

/** The rules of a hub. */
export interface Rules {
  list(): Promise<readonly Rule[]>;
  /** Adds a rule, or replaces the one of its name. */
  put(rule: RuleDocument, by: string): Promise<Rule | InvalidRule>;
  /** Whether there was one. */
  remove(name: string, by: string): Promise<boolean>;
  preview(
    rule: RuleDocument,
    options: { readonly limit: number; readonly accounts?: readonly string[] },
  ): Promise<RulePreview | InvalidRule>;
  /** The same of an automation rule of AWS's, in the shape of CreateAutomationRule. */
  previewAutomation(
    rule: Partial<AutomationRule>,
    options: { readonly limit: number; readonly accounts?: readonly string[] },
  ): Promise<RulePreview | InvalidRule>;
  /** What automation rules said of a finding when it last came in, what event rules say of it as it is now, and why. */
  explain(finding: AsffFinding): Promise<RuleExplanation>;
  /** What could not be decided or delivered, and was given up, newest first. */
  failures(most: number): Promise<readonly RuleFailure[]>;
  /** Lets all of it be tried again. @returns how much it is. */
  retryFailures(): Promise<number>;
  log(query: RuleLogQuery): Promise<readonly RuleLogEntry[]>;
}
