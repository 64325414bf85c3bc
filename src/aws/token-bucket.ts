/** What a token bucket needs of the world: milliseconds that only go forward, and a way to wait. */
export interface Pace {
  readonly nowMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * A token bucket: `ratePerSecond` on average, `burst` at once. Callers are served in the order they came.
 * Each `take` costs O(1).
 */
export class TokenBucket {
  private tokens: number;
  private updatedMs: number;
  private readonly ratePerSecond: number;
  private readonly burst: number;
  private readonly pace: Pace;

  constructor(ratePerSecond: number, burst: number, pace: Pace) {
    this.ratePerSecond = ratePerSecond;
    this.burst = burst;
    this.pace = pace;
    this.tokens = burst;
    this.updatedMs = pace.nowMs();
  }

  /** Takes a token, waiting until there is one. The balance may go negative: that is the queue. */
  async take(): Promise<void> {
    const now = this.pace.nowMs();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.updatedMs) / 1000) * this.ratePerSecond);
    this.updatedMs = now;
    this.tokens -= 1;
    if (this.tokens < 0) await this.pace.sleep((-this.tokens / this.ratePerSecond) * 1000);
  }
}
