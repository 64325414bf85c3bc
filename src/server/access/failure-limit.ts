/** How often a client may fail to say who it is within a window before it has to wait. */
const FAILURES_MAX = 30;
const WINDOW_MS = 60_000;
/** Clients remembered; the oldest is forgotten first. */
const CLIENTS_MAX = 10_000;

/** Failed attempts to come in, by the client's address. */
export class FailureLimit {
  private readonly failures = new Map<string, { count: number; until: number }>();

  /** Seconds to wait; undefined when the client may try. */
  waitSeconds(client: string, now: Date): number | undefined {
    const known = this.failures.get(client);
    if (known === undefined || known.count < FAILURES_MAX) return undefined;
    const left = known.until - now.getTime();
    return left <= 0 ? undefined : Math.ceil(left / 1000);
  }

  failed(client: string, now: Date): void {
    const known = this.failures.get(client);
    if (known !== undefined && known.until > now.getTime()) {
      known.count++;
      return;
    }
    const oldest = this.failures.size >= CLIENTS_MAX ? this.failures.keys().next().value : undefined;
    if (oldest !== undefined) this.failures.delete(oldest);
    this.failures.delete(client);
    this.failures.set(client, { count: 1, until: now.getTime() + WINDOW_MS });
  }
}
