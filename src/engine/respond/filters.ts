import type { Refusal } from '../../playbooks/playbook.js';
import { matchScope, type ScopeFacts } from '../scope/scope.js';
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
    if (match.is === 'in') return refusal(`responses exclude it: ${JSON.stringify(scope)}`);
    if (match.is === 'unknown') return refusal(`responses may exclude it (${JSON.stringify(scope)}): ${match.why}`);
  }
  if (settings.include.length === 0) return undefined;
  const matches = settings.include.map((scope) => matchScope(scope, facts));
  if (matches.some(({ is }) => is === 'in')) return undefined;
  const unknown = matches.find(({ is }) => is === 'unknown');
  return refusal(`responses do not include it${unknown?.is === 'unknown' ? `: ${unknown.why}` : ''}`);
}

const refusal = (refused: string): Refusal => ({ refused, next: 'see the settings of responses, or fix it by hand' });
