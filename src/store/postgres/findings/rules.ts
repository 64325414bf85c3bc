import type {
  AsffFinding,
  ChangeOutcome,
  FindingChange,
  FindingFilters,
  HistoryRecord,
  ImportOutcome,
} from '../../../findings/hub/finding-hub.js';

/** What AWS says of findings, as pure functions: the store keeps what they answer and decides nothing itself. */
export interface FindingRules {
  import(
    before: AsffFinding | undefined,
    incoming: AsffFinding,
    context: { readonly now: Date; readonly account?: string },
  ): ImportOutcome;
  change(before: AsffFinding, change: FindingChange, context: { readonly now: Date }): ChangeOutcome;
  /** What changed between two states of a finding, as its history tells it. */
  updates(before: AsffFinding, after: AsffFinding): HistoryRecord["updates"];
  matches(finding: AsffFinding, filters: FindingFilters): boolean;
}
