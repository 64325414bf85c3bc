/** What a condition operator compares. */
export type OperatorFamily = 'string' | 'arn' | 'bool' | 'binary' | 'ip' | 'numeric' | 'date' | 'null';

/** How two ordered values are compared. */
export type Comparison = 'equals' | 'lessThan' | 'lessThanEquals' | 'greaterThan' | 'greaterThanEquals';

/** A condition operator without its set prefix and its IfExists. */
export interface Operator {
  readonly name: string;
  readonly family: OperatorFamily;
  /** `true` for the operators that hold when no value matches. */
  readonly negated: boolean;
  /** Whether `*` and `?` in the policy's value are wildcards. */
  readonly wildcards: boolean;
  readonly ignoreCase: boolean;
  readonly comparison: Comparison;
}

function operator(name: string, family: OperatorFamily, given: Partial<Operator> = {}): Operator {
  return { name, family, negated: false, wildcards: false, ignoreCase: false, comparison: 'equals', ...given };
}

function ordered(family: 'numeric' | 'date', prefix: string): Operator[] {
  return [
    operator(`${prefix}Equals`, family),
    operator(`${prefix}NotEquals`, family, { negated: true }),
    operator(`${prefix}LessThan`, family, { comparison: 'lessThan' }),
    operator(`${prefix}LessThanEquals`, family, { comparison: 'lessThanEquals' }),
    operator(`${prefix}GreaterThan`, family, { comparison: 'greaterThan' }),
    operator(`${prefix}GreaterThanEquals`, family, { comparison: 'greaterThanEquals' }),
  ];
}

/**
 * Every condition operator. ArnEquals and ArnLike are the same; both take wildcards.
 *
 * Source: IAM user guide, "IAM JSON policy elements: Condition operators".
 */
const all: readonly Operator[] = [
  operator('StringEquals', 'string'),
  operator('StringNotEquals', 'string', { negated: true }),
  operator('StringEqualsIgnoreCase', 'string', { ignoreCase: true }),
  operator('StringNotEqualsIgnoreCase', 'string', { negated: true, ignoreCase: true }),
  operator('StringLike', 'string', { wildcards: true }),
  operator('StringNotLike', 'string', { negated: true, wildcards: true }),
  ...ordered('numeric', 'Numeric'),
  ...ordered('date', 'Date'),
  operator('Bool', 'bool', { ignoreCase: true }),
  operator('BinaryEquals', 'binary'),
  operator('IpAddress', 'ip'),
  operator('NotIpAddress', 'ip', { negated: true }),
  operator('ArnEquals', 'arn', { wildcards: true }),
  operator('ArnLike', 'arn', { wildcards: true }),
  operator('ArnNotEquals', 'arn', { negated: true, wildcards: true }),
  operator('ArnNotLike', 'arn', { negated: true, wildcards: true }),
  operator('Null', 'null'),
];

const byName = new Map(all.map((one) => [one.name.toLowerCase(), one]));

/** The names of all operators, for suggestions. */
export const operatorNames: readonly string[] = all.map(({ name }) => name);

/** Reads an operator as a policy writes it, in any case: `ForAnyValue:StringLikeIfExists`. */
export function parseOperator(
  text: string,
): { operator: Operator; quantifier: 'ForAnyValue' | 'ForAllValues' | undefined; ifExists: boolean } | undefined {
  const match = /^(?:(foranyvalue|forallvalues):)?(.*?)(ifexists)?$/.exec(text.toLowerCase());
  const found = byName.get(match?.[2] ?? '');
  if (found === undefined) return undefined;
  const ifExists = match?.[3] !== undefined;
  if (found.family === 'null' && ifExists) return undefined;
  const quantifier = match?.[1] === undefined ? undefined : match[1] === 'foranyvalue' ? 'ForAnyValue' : 'ForAllValues';
  return { operator: found, quantifier, ifExists };
}
