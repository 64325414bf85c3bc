/** A rule that a value broke, with what the rule says. */
export type Rule =
  | { readonly kind: 'required' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'lengthMax' | 'lengthMin' | 'max' | 'min'; readonly limit: number }
  /** Something in a list or map of plain values: AWS names the list and all that its items must satisfy. */
  | { readonly kind: 'items' | 'keys' | 'values'; readonly rules: readonly Rule[] };

/** Where an input breaks a rule. */
export interface Breach {
  readonly rule: Rule;
  /** As AWS writes it: `tags.1.member.key`. */
  readonly path: string;
  /** The member's own name, as the service spells it. */
  readonly member: string;
  readonly value: unknown;
  /** The value is not repeated in the message. */
  readonly sensitive: boolean;
}

/** How much of a value is repeated in a message. */
const VALUE_TEXT_MAX = 2048;

/** A breach in the words of AWS's validation framework. */
export function breachText({ rule, path, value, sensitive }: Breach): string {
  const shown = rule.kind === 'required' ? 'Value null' : sensitive ? 'Value' : `Value '${shortText(value)}'`;
  return `${shown} at '${path}' failed to satisfy constraint: ${ruleText(rule)}`;
}

function ruleText(rule: Rule): string {
  switch (rule.kind) {
    case 'required':
      return 'Member must not be null';
    case 'enum':
      return `Member must satisfy enum value set: [${rule.values.join(', ')}]`;
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${rule.pattern}`;
    case 'lengthMax':
      return `Member must have length less than or equal to ${rule.limit}`;
    case 'lengthMin':
      return `Member must have length greater than or equal to ${rule.limit}`;
    case 'max':
      return `Member must have value less than or equal to ${rule.limit}`;
    case 'min':
      return `Member must have value greater than or equal to ${rule.limit}`;
    case 'items':
      return `Member must satisfy constraint: [${rule.rules.map(ruleText).join(', ')}]`;
    case 'keys':
      return `Map keys must satisfy constraint: [${rule.rules.map(ruleText).join(', ')}]`;
    case 'values':
      return `Map value must satisfy constraint: [${rule.rules.map(ruleText).join(', ')}]`;
  }
}

function shortText(value: unknown): string {
  const text = javaText(value);
  return text.length > VALUE_TEXT_MAX ? `${text.slice(0, VALUE_TEXT_MAX)}...` : text;
}

/** A value as Java prints it, which is how AWS's messages have it. */
function javaText(value: unknown): string {
  if (value instanceof Uint8Array) {
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.byteLength} cap=${value.byteLength}]`;
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.slice(0, VALUE_TEXT_MAX).map(javaText).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value).slice(0, VALUE_TEXT_MAX);
    return `{${pairs.map(([key, item]) => `${key}=${javaText(item)}`).join(', ')}}`;
  }
  return String(value);
}
