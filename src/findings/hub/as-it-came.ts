import type { Actor, AsffFinding, FindingHub, HistoryRecord } from './finding-hub.js';

/** A finding as its product last brought it, before anyone changed it since. */
export interface AsItCame {
  readonly finding: AsffFinding;
  readonly at: Date;
  readonly by: Actor;
}

const PAGE = 100;
/** Changes since it came in that are taken back; of one that was changed more often it is not known how it came. */
const CHANGES_MAX = 1_000;

/**
 * Takes back what was changed of a finding since it last came in, by its history. O(changes since).
 *
 * @returns undefined where the history does not reach back to it: retention has deleted it.
 */
export async function asItCame(hub: Pick<FindingHub, 'history'>, now: AsffFinding): Promise<AsItCame | undefined> {
  const identifier = { Id: now.Id, ProductArn: now.ProductArn };
  let finding = now;
  let after: string | undefined;
  for (let changes = 0; changes < CHANGES_MAX; changes += PAGE) {
    const page = await hub.history({ identifier, limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { created, at, actor, updates } of page.records) {
      if (created || actor.type === 'BATCH_IMPORT_FINDINGS') return { finding, at: new Date(at), by: actor };
      finding = before(finding, updates);
    }
    after = page.next;
    if (after === undefined) return undefined;
  }
  return undefined;
}

/** A finding as it was before a change of the customer's members. */
function before(finding: AsffFinding, updates: HistoryRecord['updates']): AsffFinding {
  const taken: Record<string, unknown> = { ...finding };
  for (const { field, before: old } of updates) {
    const value = old === undefined || isText(field) ? old : (JSON.parse(old) as unknown);
    // They are one or two deep; what stands after the first dot is one key, dots of its own or not.
    const dot = field.indexOf('.');
    if (dot < 0) taken[field] = value;
    else {
      const member = field.slice(0, dot);
      taken[member] = { ...(taken[member] as object | undefined), [field.slice(dot + 1)]: value };
    }
  }
  return withoutUndefined(taken) as AsffFinding;
}

/** The history has texts as they are and all else as JSON. */
function isText(field: string): boolean {
  if (!field.includes('.')) return field === 'VerificationState';
  return field !== 'Severity.Normalized' && field !== 'Severity.Product';
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutUndefined(member)]));
}
