import type { LedgerRecord } from '../../../ledger/record/statement.js';
import type { Queries } from '../database.js';
import type { StatementPart } from '../statement-part.js';

/** What is to be in the ledger: written together with what it tells of, so that neither is without the other. */
export interface AttestationRow {
  readonly runId: string;
  readonly step: string;
  readonly record: LedgerRecord;
  /** Somebody began to put it there: it may be there already. */
  readonly tried: boolean;
}

/** The channel on which new ones are told. */
export const ATTESTATION_CHANNEL = 'hikeshi_attest';

/** Asks for a record to be attested. The same step of a run twice is one. */
export const askingAttestation = (runId: string, step: string, record: LedgerRecord): StatementPart => ({
  change: `insert into hikeshi.run_attestation (run_id, step, record) values ($1, $2, $3)
     on conflict (run_id, step) do nothing returning 1`,
  values: [runId, step, JSON.stringify(record), ATTESTATION_CHANNEL],
  tell: "pg_notify($4, '')",
});

/** The oldest that are not in the ledger yet. The caller is the only one who writes to it. */
export async function openAttestations(client: Queries, most: number): Promise<AttestationRow[]> {
  const { rows } = await client.query<{ run: string; step: string; record: LedgerRecord; tried: boolean }>(
    `select run_id as run, step, record, tried_at is not null as tried from hikeshi.run_attestation
     where ledger_index is null order by run_id, step limit $1`,
    [most],
  );
  return rows.map(({ run, step, record, tried }) => ({ runId: run, step, record, tried }));
}

/** Says that these may be in the ledger from now on. */
export async function markTried(
  client: Queries,
  rows: readonly Pick<AttestationRow, 'runId' | 'step'>[],
  at: string,
): Promise<void> {
  await client.query(
    `update hikeshi.run_attestation a set tried_at = $3 from unnest($1::text[], $2::text[]) as t(run_id, step)
     where a.run_id = t.run_id and a.step = t.step`,
    [rows.map(({ runId }) => runId), rows.map(({ step }) => step), at],
  );
}

/** Says where they are. */
export async function markAttested(
  client: Queries,
  rows: readonly { readonly runId: string; readonly step: string; readonly index: number }[],
): Promise<void> {
  await client.query(
    `update hikeshi.run_attestation a set ledger_index = t.place
     from unnest($1::text[], $2::text[], $3::bigint[]) as t(run_id, step, place)
     where a.run_id = t.run_id and a.step = t.step and a.ledger_index is null`,
    [rows.map(({ runId }) => runId), rows.map(({ step }) => step), rows.map(({ index }) => index)],
  );
}

/** What of a run is in the ledger, and what is not yet. */
export async function readAttestations(
  client: Queries,
  runId: string,
): Promise<{ readonly step: string; readonly index: number | undefined }[]> {
  const { rows } = await client.query<{ step: string; index: number | null }>(
    'select step, ledger_index as index from hikeshi.run_attestation where run_id = $1 order by step',
    [runId],
  );
  return rows.map(({ step, index }) => ({ step, index: index ?? undefined }));
}
