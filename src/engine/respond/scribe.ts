import { shareWork } from '../../base/share-work.js';
import { canonicalRecord, digestOf } from '../../ledger/record/statement.js';
import type { Database } from '../../store/postgres/database.js';
import { LOCK_SPACE } from '../../store/postgres/migration.js';
import {
  markAttested,
  markTried,
  openAttestations,
  type AttestationRow,
} from '../../store/postgres/runs/attestation-table.js';
import type { ResponseLedger } from './ports.js';

const SCRIBE_LOCK = 3;
const BATCH_MAX = 500;
/** An entry is looked for this far before its record's time. */
const LOOK_BACK_MS = 24 * 3600 * 1000;

/**
 * Puts what was written to be attested into the ledger, one process at a time. What somebody began to put there and did
 * not say so (that process died in between) is looked for first: an entry is made once.
 *
 * Those who ask while a batch is written share the next one: the ledger signs once for all of them.
 */
export class Scribe {
  private readonly database: Database;
  private readonly ledger: ResponseLedger;
  private readonly now: () => Date;
  /** Answers once all that was there to attest when it was called was tried by somebody. @throws what the ledger throws. */
  readonly attest: () => Promise<void>;

  constructor(database: Database, ledger: ResponseLedger, now: () => Date) {
    this.database = database;
    this.ledger = ledger;
    this.now = now;
    this.attest = shareWork(() => this.work());
  }

  private async work(): Promise<void> {
    if ((await openAttestations(this.database, 1)).length === 0) return;
    const client = await this.database.pool.connect();
    let broken: Error | undefined;
    try {
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, $2) as mine', [
        LOCK_SPACE,
        SCRIBE_LOCK,
      ]);
      if (rows[0]?.mine !== true) return;
      for (;;) {
        const open = await openAttestations(client, BATCH_MAX);
        if (open.length === 0) break;
        await this.write(client, open);
      }
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw broken;
    } finally {
      if (broken === undefined) await client.query('select pg_advisory_unlock($1, $2)', [LOCK_SPACE, SCRIBE_LOCK]);
      // A broken connection is closed, and its lock with it.
      client.release(broken);
    }
  }

  private async write(client: Parameters<typeof openAttestations>[0], open: readonly AttestationRow[]): Promise<void> {
    // Whoever lost the lock with its connection may still be writing: what comes from here on is looked through again.
    const size = await this.ledger.size();
    const doubtful = open.filter(({ tried }) => tried);
    const found = doubtful.length === 0 ? new Map<string, number>() : await this.ledger.find(...sought(doubtful));
    const placed: { runId: string; step: string; index: number }[] = [];
    const fresh: AttestationRow[] = [];
    for (const row of open) {
      const index = row.tried ? found.get(digestOfRecord(row)) : undefined;
      if (index === undefined) fresh.push(row);
      else placed.push({ runId: row.runId, step: row.step, index });
    }
    if (fresh.length > 0) await markTried(client, fresh, this.now().toISOString());
    const indexes = await Promise.all(fresh.map(({ record }) => this.ledger.append(record, size)));
    fresh.forEach(({ runId, step }, place) => placed.push({ runId, step, index: indexes[place] as number }));
    await markAttested(client, placed);
  }
}

const digestOfRecord = ({ record }: AttestationRow): string => digestOf(canonicalRecord(record));

function sought(rows: readonly AttestationRow[]): [ReadonlySet<string>, Date] {
  const earliest = Math.min(...rows.map(({ record }) => Date.parse(record.at)));
  return [new Set(rows.map(digestOfRecord)), new Date(earliest - LOOK_BACK_MS)];
}
