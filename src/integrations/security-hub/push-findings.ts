import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { apiCall, type Send, type Target } from '../../reference/api-call.js';
import { ApiError, isThrottled } from '../../reference/api-error.js';

/** What BatchImportFindings takes in one call. Source: Security Hub API reference, "BatchImportFindings". */
const FINDINGS_MAX = 100;
const BYTES_MAX = 6_000_000;
/** A finding may have 240 KB. */
const FINDING_BYTES_MAX = 240_000;
/** What surrounds the findings in a body: `{"Findings":[]}`, and a comma after each. */
const BODY_BYTES = 16;

/** BatchImportFindings may be called ten times a second and thirty at once, in each account and region. Same source. */
export const importRate = { ratePerSecond: 10, burst: 30 } as const;

const TRIES_MAX = 6;
const PAUSE_MS = 1_000;

/** A finding that Security Hub does not have now, and why. */
export interface FailedPush {
  readonly Id: string;
  readonly code: string;
  readonly message: string;
}

export interface PushReport {
  readonly pushed: number;
  readonly failed: readonly FailedPush[];
}

export interface PushOptions {
  readonly send: Send;
  /** The account and region whose Security Hub is written to. */
  readonly place: Target;
  /** Answers when one more call may be made (`importRate`). */
  readonly turn: () => Promise<void>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * Writes findings to a Security Hub, in as few calls as there can be. One that is refused does not keep others from being
 * taken: each is reported under its Id. Only throttling is tried again: what AWS refuses once it refuses twice.
 *
 * A finding of another account than the call's is never sent: with the rights of a delegated administrator it could be
 * taken, and would be there under the wrong account.
 *
 * A call that fails as a whole ends it: its findings and those after it are reported with that reason. What was taken before
 * stays, and is not newer the next time.
 */
export async function pushFindings(findings: Iterable<AsffFinding>, options: PushOptions): Promise<PushReport> {
  const failed: FailedPush[] = [];
  let pushed = 0;
  let over: ApiError | undefined;
  const fitting = only(findings, options.place.accountId, (one) => failed.push(one));
  for (const batch of batches(fitting)) {
    const refused = over === undefined ? await importBatch(batch, options) : over;
    if (refused instanceof ApiError) {
      const { code, message } = (over = refused);
      failed.push(...batch.map(({ Id = '' }) => ({ Id, code, message })));
      continue;
    }
    failed.push(...refused);
    pushed += batch.length - refused.length;
  }
  return { pushed, failed };
}

function* only(
  findings: Iterable<AsffFinding>,
  accountId: string,
  refuse: (failed: FailedPush) => void,
): Generator<{ readonly finding: AsffFinding; readonly bytes: number }> {
  for (const finding of findings) {
    const { Id = '', AwsAccountId = '', ProductArn = '' } = finding;
    const bytes = Buffer.byteLength(JSON.stringify(finding));
    // A product of one's own is in the account of its findings: its ARN is the default product's.
    if (AwsAccountId !== accountId || !ProductArn.endsWith(`:${accountId}:product/${accountId}/default`)) {
      const message = `it is of account \`${AwsAccountId}\` and product \`${ProductArn}\`, the call is of \`${accountId}\``;
      refuse({ Id, code: 'other-account', message });
    } else if (bytes > FINDING_BYTES_MAX) {
      refuse({ Id, code: 'too-large', message: `it has ${bytes} bytes, and may have ${FINDING_BYTES_MAX}` });
    } else yield { finding, bytes };
  }
}

function* batches(
  findings: Iterable<{ readonly finding: AsffFinding; readonly bytes: number }>,
): Generator<readonly AsffFinding[]> {
  let batch: AsffFinding[] = [];
  let size = BODY_BYTES;
  for (const { finding, bytes } of findings) {
    if (batch.length === FINDINGS_MAX || (batch.length > 0 && size + bytes + 1 > BYTES_MAX)) {
      yield batch;
      batch = [];
      size = BODY_BYTES;
    }
    batch.push(finding);
    size += bytes + 1;
  }
  if (batch.length > 0) yield batch;
}

async function importBatch(
  batch: readonly AsffFinding[],
  options: PushOptions,
): Promise<readonly FailedPush[] | ApiError> {
  const { send, place, turn, sleep } = options;
  const call = apiCall('securityhub', 'BatchImportFindings', place, { Findings: batch as never });
  for (let attempt = 1; ; attempt++) {
    await turn();
    try {
      const answer = await send(call);
      const refused = (answer['FailedFindings'] ?? []) as readonly {
        Id?: string;
        ErrorCode?: string;
        ErrorMessage?: string;
      }[];
      return refused.map(({ Id = '', ErrorCode = '', ErrorMessage = '' }) => ({
        Id,
        code: ErrorCode,
        message: ErrorMessage,
      }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!isThrottled(error) || attempt >= TRIES_MAX) return error;
      await sleep(PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
