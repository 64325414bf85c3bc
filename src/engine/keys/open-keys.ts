import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArn } from '../../base/arn.js';
import { Problem } from '../../base/problem.js';
import { FileKeyStore } from '../../keys/file-key-store.js';
import {
  createRootKeyFile,
  rootKeyFromEnvironment,
  rootKeyFromFile,
  rootKeyFromPassphrase,
  type RootKey,
} from '../../keys/root-key.js';
import type { Home } from '../../store/home.js';
import { KeyIndexFile } from '../../store/key-index.js';
import { openConnection, type ConnectionOptions } from '../connect/open.js';
import { EmbeddedKeys } from './embedded-keys.js';
import { KmsKeys } from './kms-keys.js';

export const ROOT_KEY_VARIABLE = 'HIKESHI_ROOT_KEY';
export const PASSPHRASE_VARIABLE = 'HIKESHI_PASSPHRASE';

/**
 * Opens the embedded key store of a home. Its root key comes from `HIKESHI_ROOT_KEY`, else from a passphrase in
 * `HIKESHI_PASSPHRASE`, else from the file `root-key` in the home, which is made with the store.
 *
 * @throws Problem of the root key or the store: `root-key-…`, `passphrase-short`, `key-store-…`.
 */
export async function openEmbeddedKeys(
  home: Home,
  now: () => Date,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<EmbeddedKeys> {
  const folder = home.keys;
  await mkdir(home.path, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    const next = 'check its owner, its mode and the free space, or choose another with --home';
    throw new Problem('home-unwritable', `the home \`${home.path}\` cannot be written (\`${cause.code}\`)`, {
      next,
      cause,
    });
  });
  const index = new KeyIndexFile(join(folder, 'index.json'));
  // Two first launches at once must not make two root keys.
  const store = await index.alone(() =>
    Promise.resolve(FileKeyStore.open(folder, rootKeyOf(home, folder, environment))),
  );
  return new EmbeddedKeys(index, store, now);
}

/** The root key of a home, made with its key store when there is none yet. @throws as `openEmbeddedKeys`. */
export async function openRootKey(
  home: Home,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<RootKey> {
  await openEmbeddedKeys(home, () => new Date(), environment);
  return rootKeyOf(home, home.keys, environment);
}

function rootKeyOf(home: Home, folder: string, environment: Readonly<Record<string, string | undefined>>): RootKey {
  if ((environment[ROOT_KEY_VARIABLE] ?? '') !== '') return rootKeyFromEnvironment(environment, ROOT_KEY_VARIABLE);
  const passphrase = environment[PASSPHRASE_VARIABLE] ?? '';
  if (passphrase !== '') return rootKeyFromPassphrase(passphrase, FileKeyStore.salt(folder));
  const path = join(home.path, 'root-key');
  if (existsSync(path)) return rootKeyFromFile(path);
  // A store without its root key is not made anew: its keys would be lost without a word.
  return existsSync(join(folder, 'check')) ? rootKeyFromFile(path) : createRootKeyFile(path);
}

/**
 * Opens AWS KMS.
 *
 * @param where a region, or the ARN of a key or an alias.
 * @throws Problem `bad-kms` for something else; those of the connection.
 */
export async function openKmsKeys(where: string, options: ConnectionOptions): Promise<KmsKeys> {
  const region = where.startsWith('arn:') ? kmsRegion(where) : where;
  if (region === undefined || !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) {
    const next = 'give a region, for example `eu-west-1`, or the ARN of a KMS key';
    throw new Problem('bad-kms', `\`${where}\` is neither a region nor a KMS key`, { next, exit: 'badUsage' });
  }
  return new KmsKeys(await openConnection({ ...options, regions: [region] }), region);
}

function kmsRegion(text: string): string | undefined {
  const arn = parseArn(text);
  return arn?.service === 'kms' ? arn.region : undefined;
}
