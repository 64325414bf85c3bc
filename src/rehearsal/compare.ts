import { typesRead, type AnyControl } from '../controls/control.js';
import { evaluateAccount, evaluateResources, type Result } from '../controls/evaluate.js';
import type { Change } from '../estate/diff.js';
import type { Estate, Resource } from '../estate/estate.js';
import type { AffectedResult } from './summary.js';

/** The results that differ between two estates, in the accounts where something changed. */
export interface Comparison {
  readonly closed: readonly AffectedResult[];
  readonly opened: readonly AffectedResult[];
}

/**
 * What controls say before and after, on the accounts that the changes touch and the one the plan is for.
 *
 * A control sees its own resource and the types it says it needs, nothing else. So where none of its types changed it says
 * the same; where nothing it needs changed, only of the changed resources it may say something else; and only where
 * something it needs changed is the whole account evaluated, twice. The slow way, all controls on all resources, is the
 * oracle in the tests.
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
  // What another account owns can be asked for by its ARN (a trail's bucket): a change anywhere counts.
  const changedTypes = new Set(changes.map(({ type }) => type));
  const closed: AffectedResult[] = [];
  const opened: AffectedResult[] = [];
  for (const account of accounts) {
    const changed = changes.filter((change) => change.accountId === account);
    for (const control of controls) {
      if (!typesRead(control).some((type) => changedTypes.has(type))) continue;
      const [was, is] = control.needs.some((type) => changedTypes.has(type))
        ? [evaluateAccount(before, account, [control], now), evaluateAccount(after, account, [control], now)]
        : [
            evaluateResources(before, account, control, present(changed, 'before'), now),
            evaluateResources(after, account, control, present(changed, 'after'), now),
          ];
      compareOne(was, is, closed, opened);
    }
  }
  return { closed, opened };
}

function present(changes: readonly Change[], side: 'before' | 'after'): Resource[] {
  return changes.flatMap((change) => {
    const resource = change[side];
    return resource === undefined ? [] : [resource];
  });
}

function compareOne(
  before: Iterable<Result>,
  after: Iterable<Result>,
  closed: AffectedResult[],
  opened: AffectedResult[],
): void {
  const old = new Map([...before].map((result) => [identity(result), result]));
  for (const result of after) {
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
