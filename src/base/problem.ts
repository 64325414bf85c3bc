/** Exit codes of the command line; one list, so that a code never means two things. Modelled on the AWS CLI's own. */
export const exitCodes = {
  ok: 0,
  findings: 1,
  partial: 2,
  declined: 3,
  interrupted: 130,
  badUsage: 252,
  badConfiguration: 253,
  serviceError: 254,
  failure: 255,
} as const;

export type ExitName = keyof typeof exitCodes;

/**
 * A condition the user can act on: a stable `code`, a lower-case `message` that names the offending value in
 * backticks, and `next`, what to do about it. Anything else that is thrown is a bug or a broken world.
 */
export class Problem extends Error {
  readonly code: string;
  readonly next: string | undefined;
  readonly exit: ExitName;

  constructor(code: string, message: string, options: { next?: string; exit?: ExitName; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.next = options.next;
    this.exit = options.exit ?? 'failure';
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
