import type {
  AutomationRulesConfig,
  AutomationRulesFindingFieldsUpdate,
  AutomationRulesFindingFilters,
} from '@aws-sdk/client-securityhub';
import type { Stored } from '../../base/json.js';
import { compileFilters, type FilterMistake, type FindingPredicate } from './finding-filters.js';
import type { AsffFinding, FindingChange, FindingFilters } from './finding-hub.js';

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
  const compiled = compileCriteria(Criteria, new Date(0));
  return 'mistake' in compiled ? compiled.mistake : undefined;
}

function compileCriteria(
  given: Stored<AutomationRulesFindingFilters>,
  now: Date,
): { readonly matches: FindingPredicate } | { readonly mistake: FilterMistake } {
  const tests: FindingPredicate[] = [];
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
    tests.push(compiled.matches);
  }
  return { matches: (finding) => tests.every((test) => test(finding)) };
}

/** What one rule said of a finding. */
export interface AutomationVerdict {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly matched: boolean;
  /** The criterion that failed, or that a terminal rule came before. */
  readonly why: string;
  readonly change?: FindingChange;
}

/**
 * What automation rules make of a finding that was imported or updated by its product: in their order, each seeing what the
 * earlier ones changed, until a terminal one matches. Source: Security Hub user guide, "Automation rules".
 *
 * Rules are applied to what comes in, never to what they themselves change: a rule cannot trigger a rule, so there is no loop.
 *
 * @param rules of which disabled ones are passed over; checked when they were made.
 */
export function applyAutomationRules(
  finding: AsffFinding,
  rules: readonly AutomationRule[],
  now: Date,
): { readonly finding: AsffFinding; readonly verdicts: readonly AutomationVerdict[] } {
  const enabled = rules.filter(({ RuleStatus }) => RuleStatus !== 'DISABLED');
  const ordered = [...enabled].sort((a, b) => (a.RuleOrder ?? 0) - (b.RuleOrder ?? 0) || compare(a.RuleArn, b.RuleArn));
  const verdicts: AutomationVerdict[] = [];
  let current = finding;
  let terminal: string | undefined;
  for (const rule of ordered) {
    const { RuleArn: ruleArn = '', RuleName: ruleName = '', Criteria = {}, Actions, IsTerminal } = rule;
    if (terminal !== undefined) {
      verdicts.push({ ruleArn, ruleName, matched: false, why: `the terminal rule ${terminal} came before` });
      continue;
    }
    const failed = failedCriterion(current, Criteria, now);
    if (failed !== undefined) {
      verdicts.push({ ruleArn, ruleName, matched: false, why: failed });
      continue;
    }
    const change = changeOf(Actions?.[0]?.FindingFieldsUpdate);
    verdicts.push({ ruleArn, ruleName, matched: true, why: 'every criterion holds', change });
    current = {
      ...current,
      ...change,
      ...(change.Note === undefined ? {} : { Note: { ...change.Note, UpdatedAt: now.toISOString() } }),
    } as AsffFinding;
    if (IsTerminal === true) terminal = ruleName;
  }
  return { finding: current, verdicts };
}

/** The first criterion that a finding does not fulfil, in words; undefined when it fulfils all. */
export function failedCriterion(
  finding: AsffFinding,
  given: Stored<AutomationRulesFindingFilters>,
  now: Date,
): string | undefined {
  for (const [name, list] of Object.entries(given)) {
    const one = compileCriteria({ [name]: list }, now);
    if ('mistake' in one) return `${one.mistake.field}: ${one.mistake.message}`;
    if (!one.matches(finding)) return `${name} does not match`;
  }
  return undefined;
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The action's members are those of BatchUpdateFindings. */
function changeOf(update: Stored<AutomationRulesFindingFieldsUpdate> | undefined): FindingChange {
  const given = Object.fromEntries(Object.entries(update ?? {}).filter(([, value]) => value !== undefined));
  return given as FindingChange;
}
