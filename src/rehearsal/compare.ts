import { typesRead, type AnyControl } from '../controls/control.js';
import { evaluateAccount, type Result } from '../controls/evaluate.js';
import type { Change } from '../estate/diff.js';
import type { Estate } from '../estate/estate.js';
import type { AffectedResult } from './summary.js';

/** The results that differ between two estates, in the accounts where something changed. */
export interface Comparison {
  readonly closed: readonly AffectedResult[];
  readonly opened: readonly AffectedResult[];
}

/**
 * Evaluates controls before and after, on the accounts that the changes touch and the one the plan is for. Only those that
 * look at a type of which something changed: a control's verdict depends on nothing but the types that it names.
 * O(resources of those accounts × those controls), twice.
 */
export function compareResults(
  before: Estate,
  after: Estate,
  changes: readonly Change[],
  accountId: string,
  controls: readonly AnyControl[],
  now: Date,
): Comparison {
  const accounts = new Set([accountId, ...changes.map((change) => change.accountId)]);
  const changed = new Set(changes.map(({ type }) => type));
  const touched = controls.filter((control) => typesRead(control).some((type) => changed.has(type)));
  const closed: AffectedResult[] = [];
  const opened: AffectedResult[] = [];
  for (const account of accounts) {
    const old = new Map(
      [...evaluateAccount(before, account, touched, now)].map((result) => [identity(result), result]),
    );
    for (const result of evaluateAccount(after, account, touched, now)) {
      const was = old.get(identity(result));
      old.delete(identity(result));
      const affected = affectedResult(result, was?.status ?? 'absent', result.status);
      if (was?.status === 'FAILED' && result.status === 'PASSED') closed.push(affected);
      else if (was?.status !== result.status && result.status !== 'PASSED') opened.push(affected);
    }
    for (const result of old.values()) {
      if (result.status === 'FAILED') closed.push(affectedResult(result, 'FAILED', 'absent'));
    }
  }
  return { closed, opened };
}

function identity(result: Result): string {
  return `${result.controlId} ${result.accountId} ${result.region} ${result.resourceArn}`;
}

function affectedResult(
  { controlId, accountId, region, resourceArn }: Result,
  before: AffectedResult['before'],
  after: AffectedResult['after'],
): AffectedResult {
  return { controlId, accountId, region, resourceArn, before, after };
}
