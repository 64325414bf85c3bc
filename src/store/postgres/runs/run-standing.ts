import type { RunEntry } from '../../run-file.js';
import type { Queries } from '../database.js';
import { killSwitchOf, type KillSwitchColumns, type KillSwitchRow } from './kill-switch.js';
import type { ProposalRow } from './proposal-table.js';
import { CLAIMED_AGAIN } from './run-journal.js';
import { RUN_COLUMNS, toRunRow, type RunRow } from './run-row.js';

/** What is known of a run besides its row, and what holds all runs back. */
export interface RunStanding {
  readonly proposal: ProposalRow | undefined;
  readonly entries: readonly RunEntry[];
  /** Whether an approval of it is still to be put into the ledger. */
  readonly isUnattested: boolean;
  /** The document of the settings; undefined where none were set. */
  readonly settings: unknown;
  readonly killSwitch: KillSwitchRow;
}

/** All of it in one look: whoever has locked the run sees what those who had it before have committed. */
export async function readStanding(client: Queries, runId: string): Promise<RunStanding> {
  const { rows } = await client.query<
    KillSwitchColumns & {
      plan: unknown;
      planHash: string | null;
      rehearsal: unknown;
      entries: RunEntry[] | null;
      unattested: boolean;
      settings: unknown;
    }
  >(
    `select p.plan, p.plan_hash as "planHash", p.rehearsal,
       (select json_agg(e.entry order by e.seq) from hikeshi.run_entry e where e.run_id = $1) as entries,
       exists (select 1 from hikeshi.run_attestation a
         where a.run_id = $1 and a.step like 'approval:%' and a.ledger_index is null) as unattested,
       (select s.document from hikeshi.response_settings s) as settings, k.engaged, k.by, k.at, k.reason
     from hikeshi.kill_switch k left join hikeshi.run_proposal p on p.run_id = $1`,
    [runId],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the row of the kill switch is missing');
  const { plan, planHash, rehearsal } = row;
  return {
    proposal: planHash === null ? undefined : { plan, planHash, rehearsal },
    entries: row.entries ?? [],
    isUnattested: row.unattested,
    settings: row.settings ?? undefined,
    killSwitch: killSwitchOf(row),
  };
}

/** A run, and the document of the settings; undefined where none were set. */
export interface RunUnderSettings {
  readonly run: RunRow;
  readonly settings: unknown;
}

const SETTINGS = '(select document from hikeshi.response_settings) as settings';

export async function readRunUnderSettings(client: Queries, runId: string): Promise<RunUnderSettings | undefined> {
  const { rows } = await client.query(`select ${RUN_COLUMNS}, ${SETTINGS} from hikeshi.run where id = $1`, [runId]);
  return rows[0] === undefined ? undefined : underSettings(rows[0]);
}

/**
 * Takes a run that was only asked for so far, as `claimRun` does.
 *
 * @returns undefined where it has gone on, or is not there: nothing was changed.
 */
export async function claimRequested(
  client: Queries,
  runId: string,
  worker: string,
  at: string,
): Promise<(RunUnderSettings & { readonly epoch: number }) | undefined> {
  const { rows } = await client.query(
    `with asked as (select ${RUN_COLUMNS} from hikeshi.run where id = $1 and state = 'requested'),
       claimed as (insert into hikeshi.run_claim as c (run_id, epoch, worker, at) select id, 1, $2, $3 from asked
         ${CLAIMED_AGAIN} returning epoch)
     select asked.*, epoch, ${SETTINGS} from asked, claimed`,
    [runId, worker, at],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { epoch, ...others } = row;
  return { ...underSettings(others), epoch: epoch as number };
}

function underSettings({ settings, ...run }: Readonly<Record<string, unknown>>): RunUnderSettings {
  return { run: toRunRow(run), settings: settings ?? undefined };
}
