import { TokenBucket, type Pace } from '../../aws/token-bucket.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { pullFindings, readRate, type PullCursor } from '../../integrations/security-hub/pull-findings.js';
import type { Send, Target } from '../../reference/api-call.js';

/**
 * The findings of a real Security Hub, page by page: all active ones, or what was updated since a time, at the pace that AWS
 * allows.
 *
 * @param place the account, and the region to ask: the aggregation region has those of all.
 * @param onNext told once all is read: since when to ask the next time.
 */
export async function* securityHubFindings(
  cursor: PullCursor,
  options: {
    readonly send: Send;
    readonly place: Target;
    readonly pace: Pace;
    readonly onNext?: (since: string) => void;
  },
): AsyncGenerator<readonly AsffFinding[]> {
  const { send, place, pace, onNext } = options;
  const bucket = new TokenBucket(readRate.ratePerSecond, readRate.burst, pace);
  for await (const { findings, next } of pullFindings(cursor, { send, place, turn: () => bucket.take() })) {
    yield findings;
    if (next.kind === 'window') onNext?.(next.since);
  }
}
