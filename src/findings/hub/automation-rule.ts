import type { AutomationRulesConfig, AutomationRulesFindingFilters } from '@aws-sdk/client-securityhub';
import type { Stored } from '../../base/json.js';
import { compileFilters, type FilterMistake, type FindingPredicate } from './finding-filters.js';
import type { FindingFilters } from './finding-hub.js';

/** An automation rule in AWS's shape. */
export type AutomationRule = Stored<AutomationRulesConfig>;

/** The criteria there are: some of the filters of GetFindings, by the same names. The compiler refuses a list that lacks one. */
const criteria: { readonly [Name in keyof AutomationRulesFindingFilters]-?: true } = {
  ProductArn: true,
  AwsAccountId: true,
  Id: true,
  GeneratorId: true,
  Type: true,
  FirstObservedAt: true,
  LastObservedAt: true,
  CreatedAt: true,
  UpdatedAt: true,
  Confidence: true,
  Criticality: true,
  Title: true,
  Description: true,
  SourceUrl: true,
  ProductName: true,
  CompanyName: true,
  SeverityLabel: true,
  ResourceType: true,
  ResourceId: true,
  ResourcePartition: true,
  ResourceRegion: true,
  ResourceTags: true,
  ResourceDetailsOther: true,
  ComplianceStatus: true,
  ComplianceSecurityControlId: true,
  ComplianceAssociatedStandardsId: true,
  VerificationState: true,
  WorkflowStatus: true,
  RecordState: true,
  RelatedFindingsProductArn: true,
  RelatedFindingsId: true,
  NoteText: true,
  NoteUpdatedAt: true,
  NoteUpdatedBy: true,
  UserDefinedFields: true,
  ResourceApplicationArn: true,
  ResourceApplicationName: true,
  AwsAccountName: true,
  ResourceProvider: true,
  ResourceOwnerAccountId: true,
  ResourceOwnerOrgId: true,
};

/** Source: Security Hub API reference, AutomationRulesFindingFilters: these take 100 values, others 20. */
const MANY_VALUES: ReadonlySet<string> = new Set(['AwsAccountId', 'GeneratorId', 'Title']);
const CRITERIA_MAX = 41;
const ORDER_MAX = 1000;

/** What is wrong with a rule: AWS refuses it in the same place. Undefined when nothing is. */
export function automationRuleMistake(rule: Partial<AutomationRule>): FilterMistake | undefined {
  const { RuleName, RuleOrder, Description, Criteria, Actions } = rule;
  const wrong = (field: string, message: string) => ({ field, message });
  if (RuleName === undefined || RuleName === '' || RuleName.length > 256)
    return wrong('RuleName', 'it must have 1 to 256 characters');
  if (Description === undefined || Description === '' || Description.length > 1024) {
    return wrong('Description', 'it must have 1 to 1024 characters');
  }
  if (RuleOrder === undefined || !Number.isInteger(RuleOrder) || RuleOrder < 1 || RuleOrder > ORDER_MAX) {
    return wrong('RuleOrder', `it must be a whole number from 1 to ${ORDER_MAX}`);
  }
  if (Criteria === undefined || Object.values(Criteria).every((list) => list === undefined || list.length === 0)) {
    return wrong('Criteria', 'it must have at least one criterion');
  }
  if (Actions?.length !== 1) return wrong('Actions', 'there must be exactly one action');
  const [action] = Actions;
  if (action?.Type !== 'FINDING_FIELDS_UPDATE' || action.FindingFieldsUpdate === undefined) {
    return wrong('Actions[0].Type', 'it must be FINDING_FIELDS_UPDATE, with FindingFieldsUpdate');
  }
  const ready = readyCriteria(Criteria, new Date(0));
  return 'mistake' in ready ? ready.mistake : undefined;
}

/** A criterion made ready to be held against findings. */
export interface ReadyCriterion {
  readonly name: string;
  readonly matches: FindingPredicate;
}

/** Criteria made ready, in the order in which the rule has them. @param now what `DateRange` counts back from. */
export function readyCriteria(
  given: Stored<AutomationRulesFindingFilters>,
  now: Date,
): { readonly criteria: readonly ReadyCriterion[] } | { readonly mistake: FilterMistake } {
  const ready: ReadyCriterion[] = [];
  for (const [name, list] of Object.entries(given)) {
    if (list === undefined) continue;
    if (!Object.hasOwn(criteria, name)) {
      return { mistake: { field: `Criteria.${name}`, message: 'there is no such criterion' } };
    }
    const limits = { attributesMax: CRITERIA_MAX, valuesMax: MANY_VALUES.has(name) ? 100 : 20, contains: true };
    const compiled = compileFilters({ [name]: list } as FindingFilters, now, limits);
    if ('mistake' in compiled) {
      return { mistake: { ...compiled.mistake, field: `Criteria.${name}` } };
    }
    ready.push({ name, matches: compiled.matches });
  }
  return { criteria: ready };
}
