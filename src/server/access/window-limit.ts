const WINDOW_MS = 60_000;
/** Clients remembered; the oldest is forgotten first. */
const CLIENTS_MAX = 10_000;

/** Counts what clients do within a minute; who reaches the limit has to wait for the next. */
export class WindowLimit {
  private readonly most: number;
  private readonly windows = new Map<string, { count: number; readonly until: number }>();

  constructor(most: number) {
    this.most = most;
  }

  /** Seconds to wait; undefined when the client may go on. */
  waitSeconds(client: string, now: Date): number | undefined {
    const known = this.windows.get(client);
    if (known === undefined || known.count < this.most) return undefined;
    const left = known.until - now.getTime();
    return left <= 0 ? undefined : Math.ceil(left / 1000);
  }

  count(client: string, now: Date): void {
    const known = this.windows.get(client);
    if (known !== undefined && known.until > now.getTime()) {
      known.count++;
      return;
    }
    const oldest = this.windows.size >= CLIENTS_MAX ? this.windows.keys().next().value : undefined;
    if (oldest !== undefined) this.windows.delete(oldest);
    this.windows.delete(client);
    this.windows.set(client, { count: 1, until: now.getTime() + WINDOW_MS });
  }
}
