import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { apiCall, type Send, type Target } from '../../reference/api-call.js';

/** Findings a page, as many as GetFindings gives. */
const PAGE = 100;

/**
 * The active findings of a real Security Hub, page by page. AWS lets 3 pages a second be asked for; the connection waits
 * where AWS says so.
 *
 * @param place the account, and the region to ask: the aggregation region has those of all.
 */
export async function* securityHubFindings(send: Send, place: Target): AsyncGenerator<readonly AsffFinding[]> {
  let token: string | undefined;
  do {
    const answer = await send(
      apiCall('securityhub', 'GetFindings', place, {
        Filters: { RecordState: [{ Comparison: 'EQUALS', Value: 'ACTIVE' }] },
        MaxResults: PAGE,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    yield (answer['Findings'] ?? []) as AsffFinding[];
    token = answer['NextToken'] as string | undefined;
  } while (token !== undefined);
}
