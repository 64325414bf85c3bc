import { matchScope, type ScopeFacts } from '../scope/scope.js';
import type { MaintenanceWindow } from './settings.js';

const DAY_MS = 24 * 3600 * 1000;
const MINUTE_MS = 60_000;

/**
 * When something may next be changed: now, where no window is about it or one is open. A window of which it cannot be
 * seen whether it is about the resource counts as being about it: it can only hold back.
 */
export function nextOpening(windows: readonly MaintenanceWindow[], facts: ScopeFacts, now: Date): Date {
  const own = windows.filter(({ scope }) => matchScope(scope, facts).is !== 'out');
  if (own.length === 0) return now;
  const openings = own.map((window) => openingOf(window, now).getTime());
  return new Date(Math.min(...openings));
}

/** When a window is open next; now when it is open. Looks a day back for one that began yesterday, and a week ahead. */
function openingOf({ days, from, to }: MaintenanceWindow, now: Date): Date {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const start = minutesOf(from) * MINUTE_MS;
  const end = minutesOf(to) * MINUTE_MS + (minutesOf(to) <= minutesOf(from) ? DAY_MS : 0);
  for (let day = -1; day <= 7; day++) {
    const begins = midnight + day * DAY_MS;
    if (!days.includes(new Date(begins).getUTCDay())) continue;
    if (now.getTime() < begins + start) return new Date(begins + start);
    if (now.getTime() < begins + end) return now;
  }
  return new Date(midnight + 7 * DAY_MS);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
