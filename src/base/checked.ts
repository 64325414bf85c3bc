import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** What is wrong with a value from outside: where, and the rule it breaks. */
export interface Invalid {
  readonly invalid: {
    /** A JSON path: `rule.targets.0.mode`. */
    readonly field: string;
    readonly rule: string;
  };
}

/** A value that fits its schema, or the first thing about it that does not. */
export function checked<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): Static<Schema> | Invalid {
  if (Value.Check(schema, value)) return value;
  const error = Value.Errors(schema, value).First();
  const path = (error?.path ?? '').split('/').filter((part) => part !== '');
  return invalid(
    [name, ...path].join('.'),
    brokenRule(error?.message ?? 'it is not of the expected form', error?.schema),
  );
}

export function invalid(field: string, rule: string): Invalid {
  return { invalid: { field, rule } };
}

export function isInvalid(value: unknown): value is Invalid {
  return typeof value === 'object' && value !== null && 'invalid' in value;
}

/** The rule that a value breaks, in the library's words; of a choice, what may be chosen. */
export function brokenRule(message: string, schema: TSchema | undefined): string {
  const choices = (schema?.['anyOf'] as readonly TSchema[] | undefined)?.flatMap((choice) =>
    choice['const'] === undefined ? [] : [JSON.stringify(choice['const'])],
  );
  if (choices !== undefined && choices.length > 0) return `it must be one of ${choices.join(', ')}`;
  return `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`;
}
