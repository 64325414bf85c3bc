import type { Database } from '../../store/postgres/database.js';
import { EVENT_CHANNEL } from '../../store/postgres/events/event-inbox.js';
import { listen } from '../../store/postgres/runs/run-events.js';
import type { EventWorker } from '../decide/event-worker.js';

/** Between two looks where nobody says that there is something: a notification can be lost with its connection. */
const LOOK_MS = 2_000;

/**
 * Lets a worker work whenever an event was taken in, and now and then.
 *
 * @returns what ends it, once what is under way is done.
 */
export function runEventWorker(
  database: Database,
  worker: EventWorker,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let working: Promise<unknown> = Promise.resolve();
  let waiting = false;
  const work = (): void => {
    // One look that is still to begin sees all that has come until then.
    if (waiting) return;
    waiting = true;
    working = working.then(() => {
      waiting = false;
      return worker.drain();
    });
    working = working.catch(onError);
  };
  const unlisten = listen(database, [EVENT_CHANNEL], work);
  const timer = setInterval(work, LOOK_MS);
  work();
  return async () => {
    clearInterval(timer);
    await unlisten();
    await working;
  };
}
