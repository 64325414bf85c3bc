import type {
  AsffFinding,
  ChangeOutcome,
  FindingChange,
  FindingFilters,
  ImportableBy,
  ImportOutcome,
} from '../../../findings/hub/finding-hub.js';
import type { FreeText } from '../../../findings/hub/validate-finding.js';

/** What findings are ordered by: numbers before texts, and what has none before all. */
export type SortValue = string | number | null;

/** What is asked of a string that may differ between findings that are alike; undefined where it may not. */
export type FreeTextAt = (path: readonly (string | number)[]) => FreeText | undefined;

/** What AWS says of findings, as pure functions: the store keeps what they answer and decides nothing itself. */
export interface FindingRules {
  import(
    before: AsffFinding | undefined,
    incoming: AsffFinding,
    context: ImportableBy & { readonly now: Date; readonly bytesMax?: number },
  ): ImportOutcome;
  /**
   * What is asked of the string at a path where it decides nothing but itself: with another one that keeps to this, `import`
   * of a finding that is not known says the same, but for that member. Rules that do not say so have every finding parsed.
   */
  readonly freeTextAt?: FreeTextAt;
  change(before: AsffFinding, change: FindingChange, context: { readonly now: Date }): ChangeOutcome;
  matches(finding: AsffFinding, filters: FindingFilters): boolean;
  /** The values a finding has of an attribute, by the names of filters: none, one, or several. */
  values(finding: AsffFinding, attribute: string): readonly string[];
  /** What a finding is sorted by; times as milliseconds. */
  sortValue(finding: AsffFinding, field: string): SortValue;
}
