import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { attestPending } from '../engine/attest/attest-run.js';
import { Ledger } from '../engine/attest/ledger.js';
import { embeddedKey, ledgerKey, WITNESS_ALIAS } from '../engine/attest/signing-key.js';
import type { AttestResult } from '../engine/fix/fix.js';
import { toStored, type Json } from '../base/json.js';
import type { RecordKind } from '../ledger/record/statement.js';
import type { Signer } from '../ledger/signer.js';
import type { Home } from '../store/home.js';

/** Opens the ledger of a home, and attests what earlier runs left unattested. */
export async function openLedger(home: Home): Promise<Ledger> {
  const ledger = await Ledger.open(home, (before) => ledgerKey(home, before));
  try {
    await attestPending(
      home,
      home.runs(() => new Date()),
      ledger,
    );
  } catch (error) {
    ledger.close();
    throw error;
  }
  return ledger;
}

/** The key that this machine signs others' ledgers with; never that of its own. */
export async function witnessKey(home: Home): Promise<Signer> {
  return (await embeddedKey(home, WITNESS_ALIAS)).signer;
}

/**
 * Attests that a report left this machine: who has the file can show that it is the one that was written.
 *
 * @returns the number of the entry.
 */
export function attestExport(home: Home, path: string, text: string, findings: number): Promise<number> {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const title = `export of ${findings} findings to ${basename(path)}`;
  return attestChange(home, 'export', title, [basename(path)], { file: resolve(path), sha256, findings });
}

/** As `attestExport`, of a snapshot: the whole estate as it was read. */
export async function attestSnapshot(home: Home, path: string, contents: object): Promise<number> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const title = `snapshot of what was read to ${basename(path)}`;
  const detail = { file: resolve(path), sha256: hash.digest('hex'), ...contents };
  return attestChange(home, 'export', title, [basename(path)], detail);
}

/** Attests something that the user of this machine did. @returns the number of the entry. */
export async function attestChange(
  home: Home,
  kind: RecordKind,
  title: string,
  subjects: readonly string[],
  detail: object,
): Promise<number> {
  const ledger = await openLedger(home);
  try {
    const at = new Date().toISOString();
    const by = userInfo().username;
    const { index } = await ledger.append({ kind, at, by, subjects, title, detail: toStored(detail) as Json });
    return index;
  } finally {
    ledger.close();
  }
}

/** Says where a run's end is attested. @returns false when it is not yet. */
export function tellAttested(say: (text: string) => void, result: AttestResult): boolean {
  if ('attestation' in result) {
    const { index, proof } = result.attestation;
    say(`  ledger entry ${index}; proof ${proof}\n`);
    return true;
  }
  say(`  not attested yet: ${result.failed.message}\n  next: \`hikeshi ledger attest\` tries again\n`);
  return false;
}
