import { createHash } from 'node:crypto';
import { Problem } from '../../base/problem.js';
import type { Signer } from '../../ledger/signer.js';
import type { KeyService } from './key-service.js';

/**
 * A key as the ledger signs with it: Ed25519, or ECDSA on P-256.
 *
 * @throws Problem `ledger-key` for a key of another spec; those of the key service.
 */
export async function signerOf(keys: KeyService, name: string): Promise<Signer> {
  // The key itself, not its alias: that may point to another key before the next signature.
  const { id, arn } = await keys.describe(name);
  const key = arn ?? id;
  const part = await keys.publicPart(key);
  if (part.kind === 'pair' && part.spec === 'ECC_NIST_EDWARDS25519') {
    return {
      scheme: 'ed25519',
      publicKey: part.key,
      ...(keys.rawMax === undefined ? {} : { messageMax: keys.rawMax }),
      sign: (bytes) => keys.sign(key, 'ED25519_SHA_512', { type: 'RAW', bytes }),
    };
  }
  if (part.kind === 'pair' && part.spec === 'ECC_NIST_P256') {
    const { rawMax = Infinity } = keys;
    return {
      scheme: 'ecdsa-p256-sha256',
      publicKey: part.key,
      sign: (bytes) =>
        bytes.length <= rawMax
          ? keys.sign(key, 'ECDSA_SHA_256', { type: 'RAW', bytes })
          : keys.sign(key, 'ECDSA_SHA_256', { type: 'DIGEST', bytes: createHash('sha256').update(bytes).digest() }),
    };
  }
  const next = 'take a key of spec ECC_NIST_EDWARDS25519 or ECC_NIST_P256';
  throw new Problem('ledger-key', `the key \`${name}\` (${part.spec}) cannot sign a ledger`, {
    next,
    exit: 'badUsage',
  });
}
