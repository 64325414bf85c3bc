import type {
  AwsSecurityFinding,
  AwsSecurityFindingFilters,
  AwsSecurityFindingIdentifier,
  SortCriterion,
} from '@aws-sdk/client-securityhub';
import type { Stored } from '../../base/json.js';

/** A finding in ASFF, as plain JSON. */
export type AsffFinding = Stored<AwsSecurityFinding>;
export type FindingFilters = Stored<AwsSecurityFindingFilters>;
/** What makes a finding the same finding: its Id among those of its product. */
export type FindingIdentifier = Stored<AwsSecurityFindingIdentifier>;

/** Who changes findings, for their history. The types are those of GetFindingHistory's `UpdateSource`. */
export interface Actor {
  readonly type: 'BATCH_IMPORT_FINDINGS' | 'BATCH_UPDATE_FINDINGS';
  /** An ARN, a person's name, an automation rule: who it was. */
  readonly identity: string;
  /** Why, where somebody said so. */
  readonly reason?: string;
}

/** Of which accounts somebody may import findings: of `account`, and of one among `accounts`; of all where neither is given. */
export interface ImportableBy {
  readonly account?: string;
  readonly accounts?: readonly string[];
}

/** Who imports, when, and findings of which accounts. */
export interface ImportContext extends ImportableBy {
  readonly actor: Actor;
  readonly now: Date;
}

/** What became of one imported finding. */
export type ImportOutcome =
  | { readonly kind: 'created' | 'updated'; readonly finding: AsffFinding }
  /**
   * Known already, and not strictly newer: nothing was changed, as AWS does it. `known`: what the hub knows of it in just
   * this version, or that it is of an older one, where the hub had to look.
   */
  | { readonly kind: 'unchanged'; readonly known?: AsffFinding | 'older' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** What a customer may change of a finding: the members of BatchUpdateFindings. */
export type FindingChange = Partial<
  Pick<
    AsffFinding,
    | 'Confidence'
    | 'Criticality'
    | 'RelatedFindings'
    | 'Severity'
    | 'Types'
    | 'UserDefinedFields'
    | 'VerificationState'
    | 'Workflow'
  >
> & { readonly Note?: { readonly Text: string; readonly UpdatedBy: string } };

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly before: AsffFinding; readonly finding: AsffFinding }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** A place in a listing; opaque to all but the hub that gave it. */
export type Cursor = string;

export interface FindingQuery {
  readonly filters?: FindingFilters;
  readonly sort?: readonly Stored<SortCriterion>[];
  /** 1 to 100. */
  readonly limit: number;
  readonly after?: Cursor;
  /** Only findings of these accounts: what the caller may see. All unless told. */
  readonly accounts?: readonly string[];
}

export interface FindingPage {
  readonly findings: readonly AsffFinding[];
  readonly next?: Cursor;
}

/** One entry of a finding's history, in the shape of GetFindingHistory. */
export interface HistoryRecord {
  readonly identifier: FindingIdentifier;
  readonly at: string;
  readonly created: boolean;
  readonly actor: Actor;
  readonly updates: readonly { readonly field: string; readonly before?: string; readonly after?: string }[];
}

export interface HistoryQuery {
  readonly identifier: FindingIdentifier;
  /** ISO 8601; inclusive. */
  readonly from?: string;
  readonly to?: string;
  /** 1 to 100; newest first, as AWS lists them. */
  readonly limit: number;
  readonly after?: Cursor;
}

/**
 * The findings of an organization, wherever they are kept: in PostgreSQL by the hub, in an estate by the twin. What AWS's
 * API says of findings is told once, over this port. Every method is whole or not at all for each finding.
 */
export interface FindingHub {
  /** BatchImportFindings' rule for each finding, in order. */
  importFindings(findings: readonly AsffFinding[], context: ImportContext): Promise<readonly ImportOutcome[]>;
  /** BatchUpdateFindings' rule for each finding, in order. Never changes `UpdatedAt`. */
  changeFindings(
    identifiers: readonly FindingIdentifier[],
    change: FindingChange,
    context: { readonly actor: Actor; readonly now: Date; readonly accounts?: readonly string[] },
  ): Promise<readonly ChangeOutcome[]>;
  findings(query: FindingQuery): Promise<FindingPage>;
  history(query: HistoryQuery): Promise<{ readonly records: readonly HistoryRecord[]; readonly next?: Cursor }>;
  /** How many findings there are of each value of an attribute (`ResourceType`, `SeverityLabel`, …), most first. */
  countBy(
    attribute: string,
    query: { readonly filters?: FindingFilters; readonly limit: number; readonly accounts?: readonly string[] },
  ): Promise<readonly { readonly value: string; readonly count: number }[]>;
  /** The small documents beside findings, each under its ARN. */
  readonly documents: HubDocuments;
}

/** Insights, custom actions and automation rules: documents with an ARN, in AWS's own shapes. */
export interface HubDocuments {
  list<Document>(kind: DocumentKind): Promise<readonly Document[]>;
  get<Document>(kind: DocumentKind, arn: string): Promise<Document | undefined>;
  put(kind: DocumentKind, arn: string, document: unknown): Promise<void>;
  /** Whether it was there. */
  remove(kind: DocumentKind, arn: string): Promise<boolean>;
}

export type DocumentKind = 'insight' | 'action-target' | 'automation-rule';
