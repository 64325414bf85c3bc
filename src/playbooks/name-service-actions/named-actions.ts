import { foldCase, matchGlob } from '../../policy/evaluate/match-text.js';
import { refuse } from '../plan.js';
import type { Refusal } from '../playbook.js';
import type { WrittenStatement } from '../policy-edit.js';

/** What reading is called in most services. */
const READING = ['Get*', 'List*', 'Describe*'];

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : [value as string]);
const isWhole = (pattern: string): boolean => /^(?:\*+|[^:]+:\*+)$/.test(pattern);

/**
 * Statements with the needed actions in the place of each `service:*`. A statement of which nothing is needed goes.
 *
 * @param needed `undefined`: reading.
 */
export function withNamedActions(
  statements: readonly WrittenStatement[],
  needed: readonly string[] | undefined,
): { readonly statements: readonly WrittenStatement[] } | Refusal {
  const used = new Set<string>();
  const changed: WrittenStatement[] = [];
  for (const statement of statements) {
    const { Action, NotAction, ...others } = statement;
    if (others['Effect'] !== 'Allow' || (NotAction === undefined && !texts(Action).some(isWhole))) {
      changed.push(statement);
      continue;
    }
    if (needed === undefined && (NotAction !== undefined || texts(Action).includes('*'))) {
      return refuse(
        'it allows services that it does not name, and what is to be left of them is not known here',
        'name the actions that are needed: --set actions=…',
      );
    }
    const excepted = NotAction === undefined ? [] : texts(NotAction);
    const actions = (NotAction === undefined ? texts(Action) : ['*']).flatMap((pattern) => {
      if (!isWhole(pattern)) return [pattern];
      if (needed === undefined) return READING.map((name) => `${pattern.slice(0, pattern.indexOf(':'))}:${name}`);
      return needed.filter((action) => matches([pattern], action) && !matches(excepted, action));
    });
    for (const action of actions) used.add(action);
    if (actions.length > 0) changed.push({ ...others, Action: [...new Set(actions)] });
  }
  const idle = needed?.find((action) => !used.has(action));
  if (idle !== undefined)
    return refuse(`\`${idle}\` is not of a service that it allows as a whole`, 'leave it out, or look for a slip');
  return changed.length === 0 ? refuse('nothing would be left of the policy', 'delete it') : { statements: changed };
}

function matches(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => matchGlob(foldCase(pattern), foldCase(action)));
}
