/**
 * The error a service answers with: its code, its message, and where it matters its HTTP status and extra members.
 * The wire layer finds the status of modelled errors by itself. Copy codes and texts from AWS, not from imagination.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number | undefined;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { status?: number; members?: Record<string, unknown> } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status;
    this.members = options.members ?? {};
  }
}
