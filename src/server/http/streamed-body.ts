import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

/** What streams may be. */
export interface StreamLimits {
  readonly bytesMax: number;
  /** In a time of waiting, a client sends so much. Only what it is waited for counts, not what the hub needs itself. */
  readonly waitMs: number;
  readonly bytesMin: number;
}

/** 2 million findings of the usual size. A minute without 16 KB is nobody who sends findings. */
export const streamLimits: StreamLimits = { bytesMax: 4 * 1024 ** 3, waitMs: 60_000, bytesMin: 16 * 1024 };

/** How a body ended before its end. */
export type CutReason = 'broken-off' | 'body-too-large' | 'too-slow';

export class BodyCut extends Error {
  readonly reason: CutReason;

  constructor(reason: CutReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** A body that is read as it comes, once, and never held whole. Who reads slowly lets its sender wait. */
export class StreamedBody {
  private readonly body: Readable;
  private readonly limits: StreamLimits;
  private readonly hash = createHash('sha256');
  bytes = 0;

  constructor(body: Readable, limits: StreamLimits) {
    this.body = body;
    this.limits = limits;
  }

  /** SHA-256 of what was read, in hexadecimal; of all of it where it was read to its end. */
  digest(): string {
    return this.hash.digest('hex');
  }

  /** @throws BodyCut where it ends early. The connection stays: somebody must be told. */
  async *chunks(): AsyncGenerator<Buffer> {
    const { bytesMax } = this.limits;
    const pieces = this.body.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const patience = new Patience(this.limits);
    try {
      for (;;) {
        const { done, value } = await patience.next(pieces);
        if (done === true) return;
        this.bytes += value.length;
        this.hash.update(value);
        if (this.bytes > bytesMax) throw new BodyCut('body-too-large', `the body is longer than ${bytesMax} bytes`);
        yield value;
      }
    } finally {
      // Not waited for: it comes after what a client who sends nothing was asked for.
      void pieces.return?.()?.catch(() => undefined);
    }
  }
}

/** Waits for what a client sends, but not for ever. */
class Patience {
  private readonly limits: StreamLimits;
  private waitedMs = 0;
  private bytes = 0;

  constructor(limits: StreamLimits) {
    this.limits = limits;
  }

  async next(pieces: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> {
    const coming = pieces.next();
    // Told to whoever waits for it; when nobody does any more, to nobody.
    coming.catch(() => undefined);
    for (;;) {
      const begun = performance.now();
      const come = await this.within(coming);
      this.waitedMs += performance.now() - begun;
      if (come !== undefined) {
        this.bytes += come.done === true ? 0 : come.value.length;
        return come;
      }
      this.begin();
    }
  }

  /** What comes in what is left of the time, or undefined. */
  private async within(coming: Promise<IteratorResult<Buffer>>): Promise<IteratorResult<Buffer> | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((done) => {
      timer = setTimeout(() => done(undefined), Math.max(0, this.limits.waitMs - this.waitedMs));
    });
    try {
      return await Promise.race([coming, late]);
    } catch (error) {
      throw new BodyCut('broken-off', 'the client broke off', error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Another time of waiting, if enough came in the one before. */
  private begin(): void {
    const { waitMs, bytesMin } = this.limits;
    if (this.bytes < bytesMin) {
      throw new BodyCut('too-slow', `less than ${bytesMin} bytes came in ${waitMs / 1000} seconds of waiting`);
    }
    this.waitedMs = 0;
    this.bytes = 0;
  }
}
