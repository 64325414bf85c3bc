import type { AutomationRule } from './automation-rule.js';
import type { FindingIdentifier } from './finding-hub.js';

/** A rule that matched a finding when it came in. */
export interface AutomationFiring {
  readonly identifier: FindingIdentifier;
  readonly accountId: string;
  readonly at: Date;
  /** As it was then. */
  readonly rule: AutomationRule;
  /** Why its change was not made, where it was not. */
  readonly refused?: string;
}

/**
 * Keeps which automation rules fired. Those that did not are not written: what they said is worked out again when somebody
 * asks, from the finding as it came in. So a finding that no rule is about costs nothing, however many there are of both.
 */
export interface AutomationLog {
  record(firings: readonly AutomationFiring[]): Promise<void>;
}
