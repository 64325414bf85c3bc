import type { Database } from '../../store/postgres/database.js';
import { EVENT_CHANNEL } from '../../store/postgres/events/event-inbox.js';
import { listen } from '../../store/postgres/runs/run-events.js';
import type { EventWorker } from '../decide/event-worker.js';

/** Between two looks where nobody says that there is something: a notification can be lost with its connection. */
const LOOK_MS = 2_000;

/** A worker that has seen nothing for so long hangs, or cannot reach its database. */
const SEEN_MS_MAX = 60_000;

/** A worker at work. */
export interface EventLoop {
  /** @throws Error when nothing was looked at for a minute. */
  check(): Promise<void>;
  /** Ends it, once what is under way is done. */
  end(): Promise<void>;
}

/**
 * Lets a worker work whenever an event was taken in, and now and then.
 *
 * @param nowMs milliseconds that only go forward.
 */
export function runEventWorker(
  database: Database,
  worker: Pick<EventWorker, 'drain'>,
  onError: (error: unknown) => void,
  nowMs: () => number = () => performance.now(),
): EventLoop {
  let working: Promise<unknown> = Promise.resolve();
  let waiting = false;
  let seenMs = nowMs();
  const seen = (): void => {
    seenMs = nowMs();
  };
  const work = (): void => {
    // One look that is still to begin sees all that has come until then.
    if (waiting) return;
    waiting = true;
    working = working.then(async () => {
      waiting = false;
      await worker.drain(seen);
      seen();
    });
    working = working.catch(onError);
  };
  const unlisten = listen(database, [EVENT_CHANNEL], work);
  const timer = setInterval(work, LOOK_MS);
  work();
  return {
    async check() {
      const silentMs = nowMs() - seenMs;
      if (silentMs > SEEN_MS_MAX) throw new Error(`no event was looked for since ${Math.round(silentMs / 1000)} s`);
    },
    async end() {
      clearInterval(timer);
      await unlisten();
      await working;
    },
  };
}
