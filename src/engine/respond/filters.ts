import type { Refusal } from '../../playbooks/playbook.js';
import { matchScope, type ScopeFacts } from './scope-match.js';
import type { ResponseSettings } from './settings.js';

/**
 * Whether a resource may be responded to at all. Fails closed: what cannot be seen of an exclusion excludes, and what
 * cannot be seen of an inclusion does not include. Asked when a run is planned, and again when it is applied.
 *
 * @returns why not; undefined when it may.
 */
export function filtered(
  settings: Pick<ResponseSettings, 'include' | 'exclude'>,
  facts: ScopeFacts,
): Refusal | undefined {
  for (const scope of settings.exclude) {
    const match = matchScope(scope, facts);
    if (match === 'yes') return refusal(`responses exclude it: ${JSON.stringify(scope)}`);
    if (match !== 'no')
      return refusal(`responses may exclude it (${JSON.stringify(scope)}): ${match.unknown} cannot be seen`);
  }
  if (settings.include.length === 0) return undefined;
  const matches = settings.include.map((scope) => matchScope(scope, facts));
  if (matches.includes('yes')) return undefined;
  const unknown = matches.find((match) => match !== 'no');
  const seen = typeof unknown === 'object' ? `: ${unknown.unknown} cannot be seen` : '';
  return refusal(`responses do not include it${seen}`);
}

const refusal = (refused: string): Refusal => ({ refused, next: 'see the settings of responses, or fix it by hand' });
