/** An answer that refuses: what the caller reads, and its HTTP status. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  /** The member that is wrong: `body.findings.0.Id`. */
  readonly field?: string;
  readonly next?: string;
}

export class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { field?: string; next?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    const { field, next } = options;
    this.status = status;
    this.headers = options.headers ?? {};
    this.body = {
      code,
      message,
      ...(field === undefined ? {} : { field }),
      ...(next === undefined ? {} : { next }),
    };
  }
}

/** What is not there and what may not be seen are told alike. */
export function notFound(what: string, name: string): Refusal {
  const next = `\`hikeshi ${what}s list\` shows those there are`;
  return new Refusal(404, `unknown-${what}`, `there is no ${what} \`${shown(name)}\``, { next });
}

/** A value from outside in an error: never longer than a line. */
export function shown(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}…` : value;
}
