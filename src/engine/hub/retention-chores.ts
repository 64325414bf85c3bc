import type { Clock } from '../../base/ports.js';
import type { Database } from '../../store/postgres/database.js';
import { AutomationFirings } from '../../store/postgres/events/automation-firings.js';
import { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { defaultRetention, retain, type RetentionPolicy } from '../../store/postgres/findings/retention.js';

/** How long a hub keeps what is over. */
export interface HubRetention extends RetentionPolicy {
  /** Days after which events that were decided and delivered go, with what rules said of them; and that automation rules fired. */
  readonly eventDays: number;
}

/** Events are many, and what became of them is in findings, runs and the ledger: a month is for finding out why a rule fired. */
export const defaultHubRetention: HubRetention = { ...defaultRetention, eventDays: 30 };

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Events of one statement: others wait for none longer than it takes. */
const EVENTS_MAX = 5_000;
/** Statements of one hour: a hub that was off for long catches up over hours, and not in one. */
const BATCHES_MAX = 200;

/** Forgets what the policy no longer keeps, once. Stopped between two batches it goes on the next time. */
export async function forgetOld(
  database: Database,
  policy: HubRetention,
  now: Date,
  signal?: AbortSignal,
): Promise<{ readonly findings: number; readonly history: number; readonly events: number }> {
  const inbox = new EventInbox(database);
  const firings = new AutomationFirings(database);
  const before = new Date(now.getTime() - policy.eventDays * DAY_MS);
  const events = await inBatches(() => inbox.forget(before, EVENTS_MAX), signal);
  await inBatches(() => firings.forget(before, EVENTS_MAX), signal);
  const { findings, events: history } = await retain(database, policy, now, signal);
  return { findings, history, events };
}

async function inBatches(forget: () => Promise<number>, signal: AbortSignal | undefined): Promise<number> {
  let sum = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    signal?.throwIfAborted();
    const gone = await forget();
    sum += gone;
    if (gone < EVENTS_MAX) break;
  }
  return sum;
}

/**
 * Forgets what is over when it begins and every hour. Any number of processes may: they skip what another one holds.
 *
 * @returns what ends it, after the batch that is under way.
 */
export function keepRetention(
  database: Database,
  policy: HubRetention,
  clock: Clock,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stop = new AbortController();
  let working: Promise<void> = Promise.resolve();
  const begin = (): void => {
    working = working
      .then(async () => void (await forgetOld(database, policy, clock(), stop.signal)))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) onError(error);
      });
  };
  begin();
  const timer = setInterval(begin, HOUR_MS);
  return () => {
    clearInterval(timer);
    stop.abort();
    return working;
  };
}
