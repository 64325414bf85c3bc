import type { Estate } from '../../estate/estate.js';
import { statementName } from '../document/policy.js';
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

/** What a statement grants an identity that never used it in the record. */
export interface UnusedAccess {
  readonly principal: string;
  readonly statement: string;
  /** The action patterns of the statement that no recorded call met, as written. */
  readonly actions: readonly string[];
  /** Whether nothing of the statement was used. */
  readonly whole: boolean;
}

/**
 * What identities are granted and did not use. Only as good as the record: it says what was not seen, over the time that
 * the record covers.
 *
 * Cost: O(identities × their action patterns × the distinct actions each used).
 *
 * Source: IAM user guide, "IAM Access Analyzer unused access findings".
 */
export function unusedAccess(estate: Estate, used: Iterable<UsedAction>): UnusedAccess[] {
  const byIdentity = new Map<string, Set<string>>();
  for (const { identityArn, action } of used) {
    const known = byIdentity.get(identityArn) ?? new Set();
    byIdentity.set(identityArn, known.add(foldCase(action)));
  }
  const gatherer = new AccessGatherer(estate);
  return [...identitiesOf(estate)].flatMap(([arn, principal]) => {
    const seen = [...(byIdentity.get(arn) ?? [])];
    const policies = gatherer.identity(principal)?.side.policies ?? [];
    return policies.flatMap(({ statements }) =>
      statements.flatMap((statement): UnusedAccess[] => {
        if (statement.effect !== 'Allow') return [];
        const { negated, patterns, written } = statement.action;
        const meets = (pattern: string): boolean => seen.some((action) => matchGlob(pattern, action));
        const isUsed = negated && seen.some((action) => !patterns.some((pattern) => matchGlob(pattern, action)));
        const actions = negated
          ? isUsed
            ? []
            : [`all but ${written.join(', ')}`]
          : written.filter((_, index) => !meets(patterns[index] ?? ''));
        if (actions.length === 0) return [];
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
