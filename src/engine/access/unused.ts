import type { Estate } from '../../estate/estate.js';
import { lastAccessedRecord } from '../../policy/questions/last-accessed.js';
import { callRecord, unusedAccess, type UnusedAccess } from '../../policy/questions/unused-access.js';
import { readUsedActions } from './read-calls.js';
import { readLastAccessed } from './read-last-accessed.js';

/** The records of what was used, and from when on use counts. */
export interface UseSources {
  readonly calls?: string;
  readonly lastAccessed?: string;
  readonly since: Date;
}

/** What is granted in an estate and was not used, by the records in some files. */
export async function unusedIn(estate: Estate, { calls, lastAccessed, since }: UseSources): Promise<UnusedAccess[]> {
  return unusedAccess(estate, [
    ...(calls === undefined ? [] : [callRecord(await readUsedActions(calls))]),
    ...(lastAccessed === undefined ? [] : [lastAccessedRecord(await readLastAccessed(lastAccessed), since)]),
  ]);
}
