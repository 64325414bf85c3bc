import type { Condition } from '../document/condition.js';
import { substitute, templateText, type Template } from '../document/template.js';
import { parseIp, parseIpRange } from '../pattern/ip-range.js';
import { comparisonRange, parseNumber, parseTime, within } from '../pattern/ordered-value.js';
import { keyValues, variableValue, type AccessRequest } from './access-request.js';
import { foldCase, matchArn, matchGlob, patternOf, plainText } from './match-text.js';

/**
 * Whether a condition holds. `unspecified`: AWS does not say what an operator without ForAnyValue or ForAllValues does
 * with several values; an allow must not rely on it and a deny must not be escaped by it.
 */
export type ConditionOutcome = 'holds' | 'fails' | 'unspecified';

/**
 * Judges one condition on a request.
 *
 * An absent key: fails, except that a negated operator, IfExists and ForAllValues hold, and ForAnyValue without
 * IfExists fails. (For ForAnyValue with IfExists AWS's pages disagree; IfExists wins here.)
 *
 * Source: IAM user guide, "Condition operators", "Multivalued context keys".
 */
export function matchCondition(condition: Condition, request: AccessRequest): ConditionOutcome {
  const values = keyValues(request, condition.key);
  if (condition.operator.family === 'null') {
    return outcome(condition.values.some((value) => /^true$/i.test(templateText(value)) === (values.length === 0)));
  }
  if (values.length === 0) return outcome(holdsWhenAbsent(condition));
  const one = (value: string): boolean => matchesSome(condition, value, request) !== condition.operator.negated;
  if (condition.quantifier === 'ForAllValues') return outcome(values.every(one));
  if (condition.quantifier === 'ForAnyValue' || values.length === 1) return outcome(values.some(one));
  return 'unspecified';
}

/** What a condition says of a request that lacks its key. */
export function holdsWhenAbsent({ ifExists, quantifier, operator }: Condition): boolean {
  if (ifExists || quantifier === 'ForAllValues') return true;
  return quantifier === 'ForAnyValue' ? false : operator.negated;
}

function outcome(holds: boolean): ConditionOutcome {
  return holds ? 'holds' : 'fails';
}

/** Whether a value matches one of the condition's, leaving aside negation. */
function matchesSome(condition: Condition, value: string, request: AccessRequest): boolean {
  return condition.values.some((template) => {
    const substituted = substitute(template, (key) => variableValue(request, key));
    return substituted !== undefined && matches(condition, substituted, value);
  });
}

function matches({ operator }: Condition, wanted: Template, value: string): boolean {
  switch (operator.family) {
    case 'string': {
      const pattern = operator.wildcards ? patternOf(wanted) : plainText(wanted);
      if (operator.wildcards) return matchGlob(pattern, value);
      return operator.ignoreCase ? foldCase(pattern) === foldCase(value) : pattern === value;
    }
    case 'arn':
      return matchArn(patternOf(wanted), value);
    case 'bool':
      return foldCase(plainText(wanted)) === foldCase(value);
    case 'binary':
      return plainText(wanted) === value;
    case 'ip': {
      const range = parseIpRange(plainText(wanted));
      const address = parseIp(value);
      return range !== undefined && address !== undefined && within(address, range);
    }
    case 'numeric':
    case 'date': {
      const parse = operator.family === 'date' ? parseTime : parseNumber;
      const [limit, found] = [parse(plainText(wanted)), parse(value)];
      return limit !== undefined && found !== undefined && within(found, comparisonRange(operator.comparison, limit));
    }
    case 'null':
      return false;
  }
}
