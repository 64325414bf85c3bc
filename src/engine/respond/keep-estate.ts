import { Snapshot } from '../../estate/snapshot.js';
import type { Database } from '../../store/postgres/database.js';
import { writeEstate, type EstatePart } from '../../store/postgres/estates/estate-table.js';

/** Keeps a scan's snapshot in the database, so that any worker can plan and rehearse on it. */
export async function keepEstate(database: Database, path: string): Promise<void> {
  const snapshot = await Snapshot.open(path);
  await writeEstate(database, snapshot.header, snapshot.gaps, partsOf(snapshot));
}

async function* partsOf(snapshot: Snapshot): AsyncIterable<EstatePart> {
  for await (const { accountId, estate } of snapshot.accounts()) yield { accountId, resources: estate.all() };
}
