import { join } from 'node:path';
import { readEntry } from '../../ledger/prove.js';
import { canonicalRecord, digestOf, type LedgerRecord } from '../../ledger/record/statement.js';
import { checkEntry } from '../../ledger/verify/verify-entries.js';
import type { Home } from '../../store/home.js';
import type { Receipt } from '../../store/ledger-writer.js';
import type { RunEntry, RunFiles } from '../../store/run-file.js';
import type { Ledger } from './ledger.js';
import { recordOf, unattestedOf } from './run-record.js';

type Attested = Extract<RunEntry, { kind: 'attested' }>;

/** Where an attestation is: what a user is told. */
export type Attestation = Pick<Attested, 'about' | 'index' | 'proof'>;

/** Entries are looked through this far before the time of what is looked for: runs of other processes end in between. */
const LOOK_BACK_MS = 24 * 3600 * 1000;

/**
 * Attests what of a run is not in the ledger yet, and says so in the run's record.
 *
 * @param isNew whether this process has just written what there is to attest. If not, an earlier attempt may have been
 *   cut off between the ledger and the run's record: then the entry is found again and not made twice.
 * @throws Problem of the ledger: nothing is lost, the run's record stands, and the next call tries again.
 */
export async function attestRun(
  home: Home,
  runs: RunFiles,
  ledger: Ledger,
  runId: string,
  isNew: boolean,
): Promise<Attestation[]> {
  const run = await runs.read(runId);
  const made: Attestation[] = [];
  for (const part of unattestedOf(run)) {
    const record = recordOf(run, part);
    const found = isNew ? undefined : await findRecorded(ledger, record);
    const receipt = found ?? (await ledger.append(record));
    const proof = await ledger.writeProof(join(home.proofs, runId), `${part.about}-${receipt.index}`, receipt);
    const attestation = { about: part.about, index: receipt.index, proof };
    await runs.append<Attested>(runId, { kind: 'attested', ...attestation });
    made.push(attestation);
  }
  return made;
}

/**
 * Attests what earlier runs left unattested: the machine died, the disk was full, a key could not be reached.
 *
 * @param latest how many runs are looked at, the newest.
 */
export async function attestPending(home: Home, runs: RunFiles, ledger: Ledger, latest = 100): Promise<void> {
  for (const id of (await runs.list()).slice(-latest)) {
    const run = await runs.read(id).catch(() => undefined);
    if (run !== undefined && unattestedOf(run).length > 0) await attestRun(home, runs, ledger, id, false);
  }
}

/** Looks back through the ledger. O(entries of the time since). */
async function findRecorded(ledger: Ledger, record: LedgerRecord): Promise<Receipt | undefined> {
  const checkpoint = await ledger.checkpoint();
  if (checkpoint === undefined) return undefined;
  const digest = digestOf(canonicalRecord(record));
  const earliest = new Date(Date.parse(record.at) - LOOK_BACK_MS).toISOString();
  for (let index = checkpoint.size - 1; index >= 0; index--) {
    const entry = await readEntry(ledger.folder, checkpoint.size, index);
    const check = checkEntry(entry);
    if (check.kind === 'good' && check.statement.digest === digest) {
      return { index, entry: entry.toString('utf8'), checkpoint };
    }
    if (check.kind === 'good' && check.statement.at < earliest) return undefined;
  }
  return undefined;
}
