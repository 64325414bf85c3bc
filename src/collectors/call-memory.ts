import { canonicalJson } from '../base/json.js';
import type { ApiCall, Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';

type Answer = Record<string, unknown>;

/** Whether an account could not be entered: its role is missing, or does not trust the caller. */
export function isLockedOut(error: unknown): error is ApiError {
  return error instanceof ApiError && error.call.service === 'sts' && error.call.operation === 'AssumeRole';
}

/**
 * What services answer in a region that the account has not enabled, each under its own name. Source: AWS General
 * Reference, "Managing AWS Regions"; the "Common Errors" pages of EC2, IAM and the JSON services.
 */
const CLOSED = new Set([
  'AuthFailure',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'OptInRequired',
  'UnrecognizedClientException',
]);

/** Whether an error code may mean that the region is not enabled for the account. */
export function meansClosed(code: string): boolean {
  return CLOSED.has(code);
}

/**
 * What one account has answered during one collection: the same call is never made twice, not even at the same time,
 * and a failure is remembered like an answer.
 *
 * The account's first call goes alone. An account that cannot be entered therefore costs one attempt, not one for
 * each collector that starts at the same moment.
 */
export class CallMemory {
  private readonly send: Send;
  private readonly answers = new Map<string, Promise<Answer>>();
  private first: Promise<Answer> | undefined;
  private readonly alive = new Set<string>();
  private sent = 0;

  constructor(send: Send) {
    this.send = send;
  }

  /** How many calls were made. */
  get calls(): number {
    return this.sent;
  }

  /** The regions that answered anything else than that they are not enabled. */
  get answered(): ReadonlySet<string> {
    return this.alive;
  }

  /** The answer to a call: the one known, or a new one. */
  ask(call: ApiCall): Promise<Answer> {
    const key = canonicalJson(call);
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = this.first === undefined ? this.make(call) : this.after(this.first, call);
    this.first ??= answer;
    this.answers.set(key, answer);
    return answer;
  }

  private async after(first: Promise<Answer>, call: ApiCall): Promise<Answer> {
    const failure = await first.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (isLockedOut(failure)) throw failure;
    return this.make(call);
  }

  private async make(call: ApiCall): Promise<Answer> {
    this.sent += 1;
    try {
      const answer = await this.send(call);
      this.alive.add(call.region);
      return answer;
    } catch (error) {
      if (error instanceof ApiError && !meansClosed(error.code)) this.alive.add(call.region);
      throw error;
    }
  }
}
