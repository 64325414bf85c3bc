import type { AsffFinding, FindingFilters } from '../../findings/hub/finding-hub.js';
import { apiCall, type Send, type Target } from '../../reference/api-call.js';

/** Findings a page, as many as GetFindings gives. */
const PAGE = 100;
/** GetFindings may be called three times a second and six at once. Source: Security Hub API reference, "GetFindings". */
export const readRate = { ratePerSecond: 3, burst: 6 } as const;

/** Products say themselves when a finding was updated, and may bring it in a while later. */
const OVERLAP_MS = 60 * 60 * 1000;
const BEGINNING = '1970-01-01T00:00:00.000Z';

/**
 * Where a pull stands, as plain JSON: it can be kept, and the pull goes on from there in another process.
 *
 * A pull reads what was updated in one window of time. AWS's tokens are good for a while only: when one is refused, the
 * cursor without its token reads the window from its start, which changes nothing twice.
 */
export interface PullCursor {
  /** Findings that were updated since, archived ones too; undefined: all active ones. ISO 8601. */
  readonly since?: string;
  /** The end of the window. ISO 8601. */
  readonly until: string;
  /** Of the next page. */
  readonly token?: string;
}

export interface PullPage {
  readonly findings: readonly AsffFinding[];
  /** The next page of the window, or after its last the window that follows it. */
  readonly next:
    | { readonly kind: 'page'; readonly cursor: PullCursor }
    | { readonly kind: 'window'; readonly since: string };
}

export interface PullOptions {
  readonly send: Send;
  /** The account, and the region to ask: the aggregation region has the findings of all. */
  readonly place: Target;
  /** Answers when one more call may be made (`readRate`). */
  readonly turn: () => Promise<void>;
  /** More that findings must be. */
  readonly filters?: FindingFilters;
}

/** The findings of a Security Hub that were updated in a window of time, page by page from a cursor on. */
export async function* pullFindings(from: PullCursor, options: PullOptions): AsyncGenerator<PullPage> {
  const { since, until } = from;
  const filters = {
    ...options.filters,
    ...(since === undefined ? { RecordState: [{ Comparison: 'EQUALS', Value: 'ACTIVE' }] } : {}),
    UpdatedAt: [{ Start: since ?? BEGINNING, End: until }],
  } as FindingFilters;
  let { token } = from;
  do {
    await options.turn();
    const answer = await options.send(
      apiCall('securityhub', 'GetFindings', options.place, {
        Filters: filters as never,
        MaxResults: PAGE,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    token = answer['NextToken'] as string | undefined;
    const findings = (answer['Findings'] ?? []) as AsffFinding[];
    yield { findings, next: token === undefined ? { kind: 'window', since: before(until) } : onward(from, token) };
  } while (token !== undefined);
}

function onward(cursor: PullCursor, token: string): PullPage['next'] {
  return { kind: 'page', cursor: { ...cursor, token } };
}

function before(time: string): string {
  return new Date(Date.parse(time) - OVERLAP_MS).toISOString();
}
