import type { Policy } from './policy.js';
import { templateKeys } from './template.js';

/** The policy variables that some policies use, in lower case. */
export function variablesIn(policies: readonly Policy[]): string[] {
  const keys = new Set<string>();
  for (const { statements } of policies) {
    for (const { resource, conditions } of statements) {
      const templates = [...(resource?.patterns ?? []), ...conditions.flatMap(({ values }) => values)];
      for (const template of templates) for (const key of templateKeys(template)) keys.add(key);
    }
  }
  return [...keys];
}
