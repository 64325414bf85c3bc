import type { DecidedAccess } from '../../estate/decided-access.js';
import type { ExternalAccess } from './external-access.js';

/** What a key of a filter asks: all that is given must hold. Source: Access Analyzer API reference, `Criterion`. */
export interface Criterion {
  readonly eq?: readonly string[] | undefined;
  readonly neq?: readonly string[] | undefined;
  readonly contains?: readonly string[] | undefined;
  readonly exists?: boolean | undefined;
}

/** Keys and what they ask; all must hold. */
export type Filter = Readonly<Record<string, Criterion>>;

/**
 * A decision that some findings are meant to be. Unlike AWS's, it can say why, who answers for it and until when: a rule
 * that nobody owns and that never ends hides what nobody remembers.
 */
export interface ArchiveRule {
  readonly name: string;
  readonly filter: Filter;
  readonly reason?: string;
  readonly owner?: string;
  /** ISO 8601. From then on the rule archives nothing. */
  readonly expiresAt?: string;
  /** Of a rule about one finding: what it was made on. It archives only what still means the same. */
  readonly about?: DecidedAccess;
}

/** What filters can ask of a finding. One about a resource that could not be analyzed has an error and no principal. */
export type FilterableFinding = Pick<
  ExternalAccess,
  'id' | 'resourceArn' | 'resourceType' | 'ownerAccountId' | 'isPublic' | 'condition'
> & {
  readonly principal?: ExternalAccess['principal'];
  readonly error?: string | undefined;
  readonly status?: string;
};

/** The values that a finding has for each key. Source: IAM user guide, "IAM Access Analyzer filter keys". */
const keys: Readonly<Record<string, (finding: FilterableFinding) => readonly (string | undefined)[]>> = {
  id: ({ id }) => [id],
  resource: ({ resourceArn }) => [resourceArn],
  resourceType: ({ resourceType }) => [resourceType],
  resourceOwnerAccount: ({ ownerAccountId }) => [ownerAccountId],
  isPublic: ({ isPublic }) => [String(isPublic)],
  status: ({ status }) => [status ?? 'ACTIVE'],
  error: ({ error }) => [error],
  findingType: () => ['ExternalAccess'],
  'principal.AWS': (finding) => principalOf(finding, 'AWS'),
  'principal.Federated': (finding) => principalOf(finding, 'Federated'),
  'principal.CanonicalUser': (finding) => principalOf(finding, 'CanonicalUser'),
};

const CONDITION = 'condition.';

/** Whether filters can ask about a key. */
export function isFilterKey(key: string): boolean {
  return Object.hasOwn(keys, key) || (key.startsWith(CONDITION) && key.length > CONDITION.length);
}

/** Whether a finding has all that a filter asks; every key must be one of AWS's. */
export function matchesFilter(finding: FilterableFinding, filter: Filter): boolean {
  return Object.entries(filter).every(([key, criterion]) => meets(valuesOf(finding, key), criterion));
}

/**
 * The rule that archives a finding: the first in force that matches it. A rule about one finding holds as long as that
 * finding means what it meant when the rule was made: one whose meaning changed is judged anew, and what a person said of
 * the old one is not said of it.
 *
 * @param isStill whether the finding is still what was decided about (`isAsDecided`); no such rule holds without it.
 */
export function archivingRule(
  finding: FilterableFinding,
  rules: readonly ArchiveRule[],
  now: Date,
  isStill: (about: DecidedAccess) => boolean = () => false,
): ArchiveRule | undefined {
  return rules.find(
    (rule) =>
      isInForce(rule, now) && (rule.about === undefined ? matchesFilter(finding, rule.filter) : isStill(rule.about)),
  );
}

/** Whether a rule has not expired. An expiry that is no date has passed: hiding less is the safe reading. */
export function isInForce({ expiresAt }: ArchiveRule, now: Date): boolean {
  return expiresAt === undefined || now.getTime() < Date.parse(expiresAt);
}

function valuesOf(finding: FilterableFinding, key: string): string[] {
  const values = Object.hasOwn(keys, key) ? keys[key]?.(finding) : conditionValues(finding, key);
  return (values ?? []).filter((value) => value !== undefined);
}

function principalOf({ principal }: FilterableFinding, type: string): string[] {
  return principal?.type === type ? [principal.value] : [];
}

/** A finding's conditions are kept by operator and key: `StringEquals aws:PrincipalOrgID`. */
function conditionValues({ condition }: FilterableFinding, key: string): string[] {
  const wanted = key.slice(CONDITION.length).toLowerCase();
  return Object.entries(condition).flatMap(([name, values]) =>
    name.slice(name.indexOf(' ') + 1).toLowerCase() === wanted ? values : [],
  );
}

function meets(values: readonly string[], { eq, neq, contains, exists }: Criterion): boolean {
  return (
    (eq === undefined || eq.some((wanted) => values.includes(wanted))) &&
    (neq === undefined || !neq.some((unwanted) => values.includes(unwanted))) &&
    (contains === undefined || contains.some((part) => values.some((value) => value.includes(part)))) &&
    (exists === undefined || exists === values.length > 0)
  );
}
