import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import type { Json } from '../../base/json.js';

/** What a rule looks at: findings as they change, or events as they come in. */
export type RuleKind = 'finding' | 'event';

/** A rule as it is written. Its inner form belongs to who decides by it; it is checked when it is put. */
export interface RuleDocument {
  /** Unique; letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  readonly kind: RuleKind;
  readonly enabled: boolean;
  /** Lower comes first. */
  readonly order: number;
  readonly description?: string;
  /** AWS's criteria of an automation rule, or an EventBridge pattern. */
  readonly when: { readonly [member: string]: Json };
  /** What then happens, in order. */
  readonly then: readonly { readonly [member: string]: Json }[];
  /** Whether rules after it are left out when it matches. */
  readonly terminal?: boolean;
}

/** A rule as it is kept. */
export interface Rule extends RuleDocument {
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** What a rule would match of what is there now. */
export interface RulePreview {
  readonly matched: number;
  /** How many findings or events were looked at. */
  readonly examined: number;
  /** The first of those that match. */
  readonly findings?: readonly AsffFinding[];
  readonly events?: readonly Json[];
}

/** Why a rule did or did not act, once. */
export interface RuleLogEntry {
  readonly at: string;
  readonly rule: string;
  readonly outcome: 'acted' | 'did-not-match' | 'held-back' | 'failed';
  readonly reason: string;
  readonly accountId?: string;
  readonly findingId?: string;
  readonly eventId?: string;
  readonly runId?: string;
}

export interface RuleLogQuery {
  readonly rule?: string;
  readonly findingId?: string;
  /** Only of these accounts; all unless told. */
  readonly accounts?: readonly string[];
  /** 1 to 500, newest first. */
  readonly limit: number;
  readonly after?: string;
}

/** The rules of a hub. A rule with a mistake is refused with a `Problem` that names its place. */
export interface Rules {
  list(): Promise<readonly Rule[]>;
  /** Adds a rule, or replaces the one of its name. */
  put(rule: RuleDocument, by: string): Promise<Rule>;
  /** Whether there was one. */
  remove(name: string, by: string): Promise<boolean>;
  preview(
    rule: RuleDocument,
    options: { readonly limit: number; readonly accounts?: readonly string[] },
  ): Promise<RulePreview>;
  log(query: RuleLogQuery): Promise<{ readonly entries: readonly RuleLogEntry[]; readonly next?: string }>;
}
