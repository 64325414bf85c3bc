import type { Policy, Statement } from '../../policy/document/policy.js';
import { allowsAll } from '../../policy/questions/allows-all.js';
import { checkAccessNotGranted } from '../../policy/questions/checks.js';
import { readingOf, statementsText, withoutConditions } from '../policy-document.js';
import type { DocumentFindings } from './managed-policy-verdict.js';

/** A service that no policy names: whoever allows all of it allows all of every service that is not taken out. */
const UNNAMED = 'unnamed';

/** Names of actions start with a letter. */
const everyActionOf = (service: string): string[] =>
  'abcdefghijklmnopqrstuvwxyz'.split('').map((letter) => `${service}:${letter}*`);

/** So many services are named in a reason. */
const SERVICES_MAX = 5;

/**
 * The services of which a document allows every action on the same resources: with `service:*`, `*` or `NotAction`, or
 * with several patterns that are all of them together. A service of which everything is denied again is left out; one of
 * which something is denied is not.
 *
 * One proof for each service that is named with a wildcard, over the actions alone: microseconds to a millisecond.
 */
export function findServiceWildcards(policy: Policy): DocumentFindings {
  const bare = withoutConditions(policy);
  const found: string[] = [];
  const open: string[] = [];
  for (const statements of byResource(bare.statements.filter(({ effect }) => effect === 'Allow'))) {
    const actions: Policy = { ...bare, statements: statements.map(({ resource: _, ...statement }) => statement) };
    for (const [service, written] of candidates(statements)) {
      const all = allowsAll([actions], { actions: everyActionOf(service), resources: [] });
      if (all.kind === 'undetermined') open.push(`\`${written}\`: ${all.reason}`);
      if (all.kind !== 'yes' || isTakenBack(bare, service)) continue;
      found.push(
        `every action of ${service === UNNAMED ? 'services it does not name' : `\`${written}\``} by ${statementsText(statements)}`,
      );
    }
  }
  if (found.length > 0) {
    const more = found.length > SERVICES_MAX ? `; and ${found.length - SERVICES_MAX} more` : '';
    return { wrong: `it allows ${found.slice(0, SERVICES_MAX).join('; ')}${more}` };
  }
  return open.length > 0 ? { open: `whether it allows every action of a service stayed open: ${open.join('; ')}` } : {};
}

/** `findServiceWildcards` of a text, remembered. */
export const readServiceWildcards = readingOf(findServiceWildcards);

/** Statements on the same resources, as they are written. */
function byResource(statements: readonly Statement[]): Iterable<readonly Statement[]> {
  const groups = new Map<string, Statement[]>();
  for (const statement of statements) {
    const key = JSON.stringify(statement.resource ?? null);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  return groups.values();
}

/** The services in question, and how they are written: one instance stands for a prefix with wildcards. */
function candidates(statements: readonly Statement[]): ReadonlyMap<string, string> {
  const services = new Map<string, string>();
  for (const { action } of statements) {
    if (action.negated) services.set(UNNAMED, '*');
    for (const pattern of action.negated ? [] : action.patterns) {
      if (!/[*?]/.test(pattern)) continue;
      const colon = pattern.indexOf(':');
      const prefix = colon < 0 ? '*' : pattern.slice(0, colon);
      const instance = prefix.replaceAll('*', '').replaceAll('?', 'x');
      services.set(instance === '' ? UNNAMED : instance, prefix);
    }
  }
  return services;
}

/** Whether nothing of a service is left after the denies. */
function isTakenBack(policy: Policy, service: string): boolean {
  if (policy.statements.every(({ effect }) => effect === 'Allow')) return false;
  return checkAccessNotGranted([policy], [{ actions: [`${service}:*`], resources: [] }]).result === 'PASS';
}
