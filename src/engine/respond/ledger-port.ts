import { readEntry } from '../../ledger/prove.js';
import { checkEntry } from '../../ledger/verify/verify-entries.js';
import type { Ledger } from '../attest/ledger.js';
import type { ResponseLedger } from './ports.js';

/** This machine's ledger, as runs are attested in it. */
export function responseLedger(ledger: Ledger): ResponseLedger {
  return {
    size: async () => (await ledger.checkpoint())?.size ?? 0,
    append: async (record, unlessFrom) => (await ledger.append(record, unlessFrom)).index,
    async find(digests, since) {
      const found = new Map<string, number>();
      const checkpoint = await ledger.checkpoint();
      if (checkpoint === undefined) return found;
      for (let index = checkpoint.size - 1; index >= 0 && found.size < digests.size; index--) {
        const check = checkEntry(await readEntry(ledger.folder, checkpoint.size, index));
        if (check.kind !== 'good') continue;
        const { digest, at } = check.statement;
        if (digests.has(digest)) found.set(digest, index);
        if (at < since.toISOString()) break;
      }
      return found;
    },
  };
}
