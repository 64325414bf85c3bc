import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { attestPending } from '../engine/attest/attest-run.js';
import { Ledger } from '../engine/attest/ledger.js';
import { embeddedKey, ledgerKey, WITNESS_ALIAS } from '../engine/attest/signing-key.js';
import type { AttestResult } from '../engine/fix/fix.js';
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
export async function attestExport(home: Home, path: string, text: string, findings: number): Promise<number> {
  const ledger = await openLedger(home);
  try {
    const { index } = await ledger.append({
      kind: 'export',
      at: new Date().toISOString(),
      by: userInfo().username,
      subjects: [basename(path)],
      title: `export of ${findings} findings to ${basename(path)}`,
      detail: { file: resolve(path), sha256: createHash('sha256').update(text).digest('hex'), findings },
    });
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
