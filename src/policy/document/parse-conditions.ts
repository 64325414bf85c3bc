import { nearest } from '../../base/nearest.js';
import { parseIpRange } from '../pattern/ip-range.js';
import { parseNumber, parseTime } from '../pattern/ordered-value.js';
import type { Condition } from './condition.js';
import type { Document } from './document-reader.js';
import { operatorNames, parseOperator, type OperatorFamily } from './operators.js';
import { templateOf } from './template.js';

/** Reads a Condition element: operator → key → values. */
export function readConditions(document: Document, value: unknown, path: string, variables: boolean): Condition[] {
  if (value === undefined) return [];
  const conditions: Condition[] = [];
  for (const [operatorName, body] of Object.entries(document.object(value, path) ?? {})) {
    const place = `${path}.${operatorName}`;
    const parsed = parseOperator(operatorName);
    if (parsed === undefined) {
      const near = nearest(operatorName, operatorNames);
      const hint = near.length === 0 ? '' : `; did you mean \`${near[0]}\`?`;
      document.problem(place, 'INVALID_CONDITION_OPERATOR', `\`${operatorName}\` is not a condition operator${hint}`);
      continue;
    }
    for (const [keyName, given] of Object.entries(document.object(body, place) ?? {})) {
      const texts = readValues(document, given, `${place}.${keyName}`, parsed.operator.family);
      const takesVariables = variables && (parsed.operator.family === 'string' || parsed.operator.family === 'arn');
      const values = texts.map((text) => templateOf(text, takesVariables));
      conditions.push({ ...parsed, operatorName, key: keyName.toLowerCase(), keyName, values });
    }
  }
  return conditions;
}

/** Values may be written as text, number or boolean; each must be of its operator's kind. */
function readValues(document: Document, given: unknown, path: string, family: OperatorFamily): string[] {
  const texts: string[] = [];
  for (const entry of document.entries(given, path)) {
    if (!['string', 'number', 'boolean'].includes(typeof entry.value)) {
      document.problem(entry.path, 'DATA_TYPE_MISMATCH', 'a condition value must be text, a number or a boolean');
      continue;
    }
    const text = String(entry.value);
    const wrong = wrongValue(family, text);
    if (wrong === undefined) texts.push(text);
    else document.problem(entry.path, 'DATA_TYPE_MISMATCH', `\`${text}\` is not ${wrong}`);
  }
  return texts;
}

function wrongValue(family: OperatorFamily, text: string): string | undefined {
  switch (family) {
    case 'numeric':
      return parseNumber(text) === undefined ? 'a number' : undefined;
    case 'date':
      return parseTime(text) === undefined ? 'a date in ISO 8601 or epoch seconds' : undefined;
    case 'ip':
      return parseIpRange(text) === undefined ? 'an IP address or a CIDR range' : undefined;
    case 'bool':
    case 'null':
      return /^(?:true|false)$/i.test(text) ? undefined : '`true` or `false`';
    case 'binary':
      return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? undefined : 'base64';
    case 'string':
    case 'arn':
      return undefined;
  }
}
