import { Snapshot } from '../../estate/snapshot.js';
import type { Database } from '../../store/postgres/database.js';
import { writeEstate } from '../../store/postgres/estates/estate-table.js';

/** Brings the estate of a scan into a shared database, so that workers on any machine plan and rehearse on it. */
export async function keepEstate(database: Database, snapshotPath: string): Promise<void> {
  const snapshot = await Snapshot.open(snapshotPath);
  await writeEstate(database, snapshot.header, snapshot.gaps, snapshot.parts());
}
