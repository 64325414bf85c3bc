import { randomBytes } from 'node:crypto';

/** A run's id: its time, so that lists are in order, and four random bytes. */
export function newRunId(now: Date): string {
  const stamp = now
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .replace('T', '-');
  return `run-${stamp}-${randomBytes(4).toString('hex')}`;
}
