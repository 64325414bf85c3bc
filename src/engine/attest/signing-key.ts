import { Problem } from '../../base/problem.js';
import type { Home } from '../../store/home.js';
import type { LedgerReach, LedgerSettings } from '../../store/ledger-settings.js';
import type { KeyService } from '../keys/key-service.js';
import { openEmbeddedKeys, openKmsKeys } from '../keys/open-keys.js';
import { signerOf } from '../keys/signer-of.js';
import type { SigningKey } from './ledger.js';

/** The key of the embedded store that signs the ledger unless another is named. */
export const LEDGER_ALIAS = 'ledger';
/** The key that signs other machines' ledgers: never the same as one's own. */
export const WITNESS_ALIAS = 'witness';

/**
 * The key that signs a ledger: the one its settings name, else `ledger` of the embedded store, made on first use.
 *
 * @throws Problem of the key service.
 */
export async function ledgerKey(home: Home, before: LedgerSettings | undefined): Promise<SigningKey> {
  const id = before?.signingKey ?? LEDGER_ALIAS;
  return id.startsWith('arn:') ? kmsKey(id, before?.reach ?? {}) : embeddedKey(home, id);
}

/** A key of AWS KMS. @param arn of a key or an alias. */
export async function kmsKey(arn: string, reach: LedgerReach): Promise<SigningKey> {
  const keys = await openKmsKeys(arn, reach);
  try {
    return { id: arn, reach, signer: await signerOf(keys, arn), close: () => keys.close() };
  } catch (error) {
    keys.close();
    throw error;
  }
}

/** A key of the embedded store, made on first use: Ed25519. */
export async function embeddedKey(home: Home, alias: string): Promise<SigningKey> {
  const keys = await openEmbeddedKeys(home, () => new Date());
  await obtain(keys, alias);
  return { id: alias, signer: await signerOf(keys, alias), close: () => keys.close() };
}

async function obtain(keys: KeyService, alias: string): Promise<void> {
  try {
    await keys.describe(alias);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'unknown-key') throw error;
    const description = alias === LEDGER_ALIAS ? 'signs the ledger' : 'signs ledgers as their witness';
    try {
      await keys.create({ spec: 'ECC_NIST_EDWARDS25519', usage: 'SIGN_VERIFY', alias, description });
    } catch (taken) {
      // Another process was first.
      if (!(taken instanceof Problem) || taken.code !== 'alias-taken') throw taken;
    }
  }
}
