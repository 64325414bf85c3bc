import { join } from 'node:path';
import { FileKeyStore } from '../../keys/file-key-store.js';
import { createRootKeyFile, rootKeyFromFile } from '../../keys/root-key.js';
import { sign } from '../../keys/sign.js';
import { existsSync, mkdirSync } from 'node:fs';
import type { Home } from '../../store/home.js';
import type { SigningKey } from './ledger.js';

/** interim: replaced by the key service */
export function embeddedSigningKey(home: Home, id = 'ledger'): Promise<SigningKey> {
  const path = join(home.path, 'root-key');
  const folder = join(home.path, 'keys');
  mkdirSync(home.path, { recursive: true, mode: 0o700 });
  const store = FileKeyStore.open(folder, existsSync(path) ? rootKeyFromFile(path) : createRootKeyFile(path));
  const material = store.obtain(id, 'ECC_NIST_EDWARDS25519');
  const part = material.publicPart;
  if (part.kind !== 'pair') throw new TypeError('not a pair');
  return Promise.resolve({
    id,
    signer: {
      scheme: 'ed25519',
      publicKey: part.key,
      sign: (message) => Promise.resolve(sign(material, 'ED25519_SHA_512', 'RAW', message)),
    },
  });
}
