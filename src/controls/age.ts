const DAY_MS = 86_400_000;

/** How far ahead of the estate's instant a time may lie: clocks differ, and collecting takes a while. */
const AHEAD_MAX_DAYS = 1;

/**
 * How many days an instant lies before `now`, as a fraction; 0 when it lies slightly ahead.
 *
 * @param instant an ISO 8601 time as the estate keeps it.
 * @returns `undefined` when it is no such time, or lies more than a day ahead.
 */
export function ageInDays(instant: unknown, now: Date): number | undefined {
  if (typeof instant !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(instant)) return undefined;
  const days = (now.getTime() - Date.parse(instant)) / DAY_MS;
  return Number.isNaN(days) || days < -AHEAD_MAX_DAYS ? undefined : Math.max(0, days);
}
