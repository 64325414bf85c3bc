import { unkeepableIn } from '../../base/keepable.js';
import type { AsffFinding, ImportableBy } from './finding-hub.js';

/** Why a finding is refused: AWS's error code, and the member with the rule it breaks. */
export interface FindingRefusal {
  readonly code: 'InvalidInput' | 'InvalidAccess' | 'LimitExceeded';
  readonly message: string;
}

export const FINDING_BYTES_MAX = 240 * 1024;
export const BATCH_MAX = 100;

/** What is asked of a string whatever else the finding says: so many characters, a time, or an account's 12 digits. */
export interface FreeText {
  readonly kind: 'text' | 'instant' | 'account';
  readonly min: number;
  readonly max: number;
}

/** Why a finding may not be imported by somebody. */
export function importRefusal(
  { AwsAccountId = '' }: Pick<AsffFinding, 'AwsAccountId'>,
  { account, accounts }: ImportableBy,
): FindingRefusal | undefined {
  if (account !== undefined && AwsAccountId !== account) {
    const message = `Account ${account} may not import findings of account ${AwsAccountId}`;
    return { code: 'InvalidAccess', message };
  }
  if (accounts?.includes(AwsAccountId) === false) {
    return { code: 'InvalidAccess', message: `Findings of account ${AwsAccountId} may not be imported by this caller` };
  }
  return undefined;
}

/** A rule about the value at a path; undefined when it is kept. `path` may go through lists (`Resources[].Id`). */
interface Rule {
  (value: unknown): string | undefined;
  /** Where any string that keeps to this will do. */
  readonly free?: FreeText;
  /** The same of the values below. */
  readonly freeBelow?: FreeText;
}

const text = (min: number, max: number): Rule => {
  const rule = (value: unknown): string | undefined => {
    if (typeof value !== 'string') return 'must be string';
    if (value.length < min) return `must NOT have fewer than ${min} characters`;
    return value.length > max ? `must NOT have more than ${max} characters` : undefined;
  };
  return Object.assign(rule, { free: { kind: 'text', min, max } as const });
};
const list =
  (min: number, max: number): Rule =>
  (value) => {
    if (!Array.isArray(value)) return 'must be array';
    if (value.length < min) return `must NOT have fewer than ${min} items`;
    return value.length > max ? `must NOT have more than ${max} items` : undefined;
  };
const oneOf =
  (...names: readonly string[]): Rule =>
  (value) =>
    names.includes(value as string) ? undefined : `must be one of ${names.join(', ')}`;
const matching =
  (pattern: RegExp, what: string): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${what}`;
const within =
  (min: number, max: number): Rule =>
  (value) =>
    typeof value === 'number' && value >= min && value <= max ? undefined : `must be a number from ${min} to ${max}`;
const account: Rule = Object.assign(matching(/^\d{12}$/, 'an account id of 12 digits'), {
  free: { kind: 'account', min: 12, max: 12 } as const,
});
const instant: Rule = Object.assign(
  (value: unknown) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
      ? undefined
      : 'must match format "date-time"',
  { free: { kind: 'instant', min: 20, max: 40 } as const },
);
const pairs = (most: number, keyMax: number, valueMax: number): Rule => {
  const rule = (value: unknown): string | undefined => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be object';
    const entries = Object.entries(value);
    if (entries.length > most) return `must NOT have more than ${most} properties`;
    for (const [key, each] of entries) {
      if (key.length > keyMax) return `must NOT have a key of more than ${keyMax} characters`;
      if (typeof each !== 'string' || each.length > valueMax)
        return `.${key} must be a string of at most ${valueMax} characters`;
    }
    return undefined;
  };
  return Object.assign(rule, { freeBelow: { kind: 'text', min: 0, max: valueMax } as const });
};

const LABELS = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
/** Source: Security Hub user guide, "Types taxonomy for ASFF". */
const TYPE =
  /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/]+){0,2}$/;

const REQUIRED = [
  'SchemaVersion',
  'Id',
  'ProductArn',
  'GeneratorId',
  'AwsAccountId',
  'CreatedAt',
  'UpdatedAt',
  'Title',
  'Description',
  'Resources',
] as const;

/** Source: Security Hub user guide, "Required top-level ASFF attributes" and "Optional …"; API reference, AwsSecurityFinding. */
const RULES: readonly (readonly [path: string, rule: Rule])[] = [
  ['SchemaVersion', oneOf('2018-10-08')],
  ['Id', text(1, 512)],
  ['ProductArn', text(12, 2048)],
  ['GeneratorId', text(1, 512)],
  ['AwsAccountId', account],
  ['AwsAccountName', text(1, 50)],
  ['CompanyName', text(1, 128)],
  ['ProductName', text(1, 128)],
  ['Region', text(1, 16)],
  ['Types', list(0, 50)],
  ['Types[]', matching(TYPE, 'of the form namespace/category/classifier')],
  ['CreatedAt', instant],
  ['UpdatedAt', instant],
  ['FirstObservedAt', instant],
  ['LastObservedAt', instant],
  ['Title', text(1, 256)],
  ['Description', text(1, 1024)],
  ['Severity.Label', oneOf(...LABELS)],
  ['Severity.Normalized', within(0, 100)],
  ['Severity.Original', text(1, 64)],
  ['Confidence', within(0, 100)],
  ['Criticality', within(0, 100)],
  ['Remediation.Recommendation.Text', text(1, 512)],
  ['SourceUrl', text(1, 2048)],
  ['ProductFields', pairs(50, 128, 2048)],
  ['UserDefinedFields', pairs(50, 128, 1024)],
  ['Malware', list(0, 5)],
  ['Threats', list(0, 32)],
  ['ThreatIntelIndicators', list(0, 5)],
  ['RelatedFindings', list(0, 10)],
  ['RelatedFindings[].Id', text(1, 512)],
  ['Note.Text', text(1, 512)],
  ['Compliance.Status', oneOf('PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE')],
  ['Compliance.SecurityControlId', text(0, Infinity)],
  ['Compliance.RelatedRequirements', list(0, 32)],
  ['VerificationState', oneOf('UNKNOWN', 'TRUE_POSITIVE', 'FALSE_POSITIVE', 'BENIGN_POSITIVE')],
  ['Workflow.Status', oneOf('NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED')],
  ['RecordState', oneOf('ACTIVE', 'ARCHIVED')],
  ['Resources', list(1, 32)],
  ['Resources[].Type', text(1, 256)],
  ['Resources[].Id', text(1, 512)],
  ['Resources[].Partition', oneOf('aws', 'aws-cn', 'aws-us-gov')],
  ['Resources[].Region', text(1, 16)],
  ['Resources[].Tags', pairs(50, 128, 256)],
  ['FindingProviderFields.Severity.Label', oneOf(...LABELS)],
  ['FindingProviderFields.Confidence', within(0, 100)],
  ['FindingProviderFields.Criticality', within(0, 100)],
  ['FindingProviderFields.Types', list(0, 50)],
  ['FindingProviderFields.Types[]', matching(TYPE, 'of the form namespace/category/classifier')],
];

const STEPS = RULES.map(([path, rule]) => [stepsOf(path), rule] as const);

/**
 * Why a finding cannot be imported: the first member that is missing, of another kind, or beyond its limit, by its place.
 *
 * @param given `bytesMax`: its JSON is no longer than this, where the caller knows; else it is measured.
 */
export function validateFinding(
  finding: AsffFinding,
  given: ImportableBy & { readonly bytesMax?: number } = {},
): FindingRefusal | undefined {
  const { bytesMax = Infinity } = given;
  if (typeof finding !== 'object' || finding === null)
    return { code: 'InvalidInput', message: 'finding must be object' };
  const missing = REQUIRED.find((name) => finding[name] === undefined || finding[name] === null);
  if (missing !== undefined) return invalid(`finding must have required property '${missing}'`);
  if (finding.Severity === undefined && finding.FindingProviderFields?.Severity === undefined) {
    return invalid("finding must have required property 'Severity'");
  }
  for (const [steps, rule] of STEPS) {
    const broken = firstBroken(finding, steps, 0, rule);
    if (broken !== undefined) return invalid(`finding${broken}`);
  }
  for (const [index, { Type, Id } = {}] of (finding.Resources ?? []).entries()) {
    if (Type === undefined) return invalid(`finding.Resources[${index}] must have required property 'Type'`);
    if (Id === undefined) return invalid(`finding.Resources[${index}] must have required property 'Id'`);
  }
  const unkeepable = unkeepableIn(finding);
  if (unkeepable !== undefined) return invalid(`finding${unkeepable.path}: ${unkeepable.rule}`);
  const notAllowed = importRefusal(finding, given);
  if (notAllowed !== undefined) return notAllowed;
  if (bytesMax <= FINDING_BYTES_MAX) return undefined;
  const bytes = Buffer.byteLength(JSON.stringify(finding));
  if (bytes <= FINDING_BYTES_MAX) return undefined;
  return {
    code: 'LimitExceeded',
    message: `finding has ${bytes} bytes; at most ${FINDING_BYTES_MAX} (240 KB) are taken`,
  };
}

function invalid(message: string): FindingRefusal {
  return { code: 'InvalidInput', message };
}

/** What no rule is about. */
const ANY_TEXT: FreeText = { kind: 'text', min: 0, max: Infinity };
const RULE_AT: ReadonlyMap<string, Rule> = new Map(RULES);

/**
 * What is asked of the string at a path, where it decides nothing but itself: with another one that keeps to this, importing
 * the finding says the same, but for the one member. Undefined where the string decides more, or must be one of a few.
 *
 * @param path members by name, items of lists by number.
 */
export function freeTextAt(path: readonly (string | number)[]): FreeText | undefined {
  const rule = RULE_AT.get(patternOf(path));
  if (rule !== undefined) return rule.free;
  return RULE_AT.get(patternOf(path.slice(0, -1)))?.freeBelow ?? ANY_TEXT;
}

/** A path as the rules have it: `Resources[].Id`. Nothing that has such a name of its own is ever taken. */
function patternOf(path: readonly (string | number)[]): string {
  return path.map((step, at) => (typeof step === 'number' ? '[]' : at === 0 ? step : `.${step}`)).join('');
}

/** One step of a path: a member, or each item of the list it is. */
interface Step {
  readonly name: string;
  readonly isList: boolean;
}

function stepsOf(path: string): readonly Step[] {
  return path.split('.').map((part) => {
    const isList = part.endsWith('[]');
    return { name: isList ? part.slice(0, -2) : part, isList };
  });
}

/**
 * The place and words of the first value along a path that breaks a rule; what is not there breaks none. The place is put
 * together on the way back: of a million findings, few need one.
 */
function firstBroken(value: unknown, steps: readonly Step[], at: number, rule: Rule): string | undefined {
  const step = steps[at];
  if (step === undefined) {
    const broken = rule(value);
    return broken === undefined || broken.startsWith('.') ? broken : ` ${broken}`;
  }
  if (typeof value !== 'object') return ' must be object';
  const next = (value as Readonly<Record<string, unknown>>)[step.name];
  if (next === undefined || next === null) return undefined;
  const broken = step.isList ? firstBrokenItem(next, steps, at + 1, rule) : firstBroken(next, steps, at + 1, rule);
  return broken === undefined ? undefined : `.${step.name}${broken}`;
}

function firstBrokenItem(list: unknown, steps: readonly Step[], at: number, rule: Rule): string | undefined {
  if (!Array.isArray(list)) return ' must be array';
  for (let index = 0; index < list.length; index++) {
    const item: unknown = list[index];
    const broken =
      item === null ? ' must be object' : item === undefined ? undefined : firstBroken(item, steps, at, rule);
    if (broken !== undefined) return `[${index}]${broken}`;
  }
  return undefined;
}
