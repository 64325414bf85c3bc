import type { Estate } from '../../estate/estate.js';
import { statementName, type ActionElement } from '../document/policy.js';
import { foldCase, matchGlob } from '../evaluate/match-text.js';
import { principalName, type Principal } from '../evaluate/principal.js';
import { AccessGatherer } from '../gather/access-gatherer.js';

/** An action that an identity was seen to use. */
export interface UsedAction {
  /** The ARN of the user, or of the role whose session it was. */
  readonly identityArn: string;
  /** `service:Name`. */
  readonly action: string;
}

/** What a record says of an action pattern. `unknown`: the record does not reach it. */
export type ActionUse = 'used' | 'unused' | 'unknown';

/** A record of what identities used. */
export interface UseRecord {
  /** What it says of each pattern of an Action or NotAction element; of a NotAction it says one thing, for each. */
  readonly use: (identityArn: string, element: ActionElement) => readonly ActionUse[];
}

/** What a statement grants an identity that never used it in the record. */
export interface UnusedAccess {
  readonly principal: string;
  readonly statement: string;
  /** The action patterns of the statement that were not used, as written. */
  readonly actions: readonly string[];
  /** Whether nothing of the statement was used. */
  readonly whole: boolean;
}

/** A record of calls: what is not in it was not used, over the time that it covers. */
export function callRecord(used: Iterable<UsedAction>): UseRecord {
  const byIdentity = new Map<string, Set<string>>();
  for (const { identityArn, action } of used) {
    const known = byIdentity.get(identityArn) ?? new Set();
    byIdentity.set(identityArn, known.add(foldCase(action)));
  }
  return {
    use: (identityArn, { patterns, negated }) => {
      const seen = [...(byIdentity.get(identityArn) ?? [])];
      if (!negated) {
        return patterns.map((pattern) => (seen.some((action) => matchGlob(pattern, action)) ? 'used' : 'unused'));
      }
      const isUsed = seen.some((action) => !patterns.some((pattern) => matchGlob(pattern, action)));
      return patterns.map(() => (isUsed ? 'used' : 'unused'));
    },
  };
}

/**
 * What identities are granted and did not use: what some record says is unused and none says is used. Only as good as the
 * records: they say what was not seen, over the time that they cover.
 *
 * Cost: O(identities × their action patterns × the distinct actions each used).
 *
 * Source: IAM user guide, "IAM Access Analyzer unused access findings"; "Refine permissions using last accessed
 * information".
 */
export function unusedAccess(estate: Estate, records: readonly UseRecord[]): UnusedAccess[] {
  const gatherer = new AccessGatherer(estate);
  return [...identitiesOf(estate)].flatMap(([arn, principal]) => {
    const policies = gatherer.identity(principal)?.side.policies ?? [];
    return policies.flatMap(({ statements }) =>
      statements.flatMap((statement): UnusedAccess[] => {
        if (statement.effect !== 'Allow') return [];
        const { negated, written } = statement.action;
        const said = records.map((record) => record.use(arn, statement.action));
        const unused = written.filter((_, at) => {
          const each = said.map((uses) => uses[at]);
          return each.includes('unused') && !each.includes('used');
        });
        if (unused.length === 0) return [];
        const actions = negated ? [`all but ${written.join(', ')}`] : unused;
        const whole = negated || actions.length === written.length;
        return [{ principal: principalName(principal), statement: statementName(statement), actions, whole }];
      }),
    );
  });
}

function* identitiesOf(estate: Estate): Iterable<readonly [string, Principal]> {
  for (const { arn, accountId } of estate.list('AWS::IAM::User')) yield [arn, { kind: 'user', arn, accountId }];
  for (const { arn, accountId } of estate.list('AWS::IAM::Role')) {
    yield [arn, { kind: 'session', roleArn: arn, sessionName: 'session', accountId }];
  }
}
