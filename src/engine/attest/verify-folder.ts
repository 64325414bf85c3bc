import { readFile } from 'node:fs/promises';
import { Problem } from '../../base/problem.js';
import { parseVerifierKey, type VerifierKey } from '../../ledger/note/verifier-key.js';
import { verifyLedger, type KnownCheckpoint, type VerifyReport } from '../../ledger/verify/verify-ledger.js';
import type { Home } from '../../store/home.js';
import { LedgerFolder } from '../../store/ledger-folder.js';
import { snapshotOf } from '../../store/ledger-snapshot.js';
import { readLedgerSettings } from '../../store/ledger-settings.js';
import { headPath, settingsPath } from './ledger.js';
import { readAuthorities } from './timestamp-ledger.js';

export interface VerifyFolderOptions {
  /** The ledger's folder; this machine's own when it is absent. */
  readonly path?: string;
  /** Trusted keys: verifier keys, or files that hold one each line. */
  readonly keys: readonly string[];
  /** Files with earlier checkpoints. */
  readonly known: readonly string[];
  readonly entries: boolean;
  /** Files of certificates that those of time stamping authorities must lead to. */
  readonly timestampCa?: readonly string[];
  readonly onProgress?: (entries: number, size: number) => void;
}

/**
 * Verifies a ledger in a folder. Of this machine's own ledger the keys and the last checkpoint are known; for any other
 * the keys must be given: those that lie in the folder prove nothing.
 *
 * @throws Problem `ledger-key` without keys; `ledger-none` when there is nothing to verify.
 */
export async function verifyFolder(
  home: Home,
  options: VerifyFolderOptions,
): Promise<VerifyReport & { readonly path: string }> {
  const isOwn = options.path === undefined;
  const path = options.path ?? home.ledger;
  // The head first and the keys last: in between they may grow, and what is verified must lie between them.
  const head = isOwn ? await readFile(headPath(home)).catch(() => undefined) : undefined;
  const { reader, files } = await snapshotOf(new LedgerFolder(path));
  const settings = isOwn ? await readLedgerSettings(settingsPath(home)) : undefined;
  if (files.length === 0 && settings === undefined) {
    const next = isOwn ? '`hikeshi fix` begins one' : 'name the folder that holds the file `checkpoint`';
    throw new Problem('ledger-none', `there is no ledger in \`${path}\``, { next, exit: 'badUsage' });
  }
  const keys = [...(settings?.keys ?? []), ...(await readKeys(options.keys))];
  if (keys.length === 0) {
    const next = 'pass --key with the verifier key that the owner of the ledger gave you, not one from the folder';
    throw new Problem('ledger-key', 'no key is trusted, so nothing can be verified', { next, exit: 'badUsage' });
  }
  const known: KnownCheckpoint[] = [];
  for (const from of options.known) known.push({ from, bytes: await readCheckpointFile(from) });
  for (const name of files.filter((file) => file.startsWith('witness/'))) {
    known.push({ from: name, bytes: (await reader.read(name)) ?? Buffer.alloc(0) });
  }
  if (head !== undefined) known.push({ from: headPath(home), bytes: head });
  const authorities = await readAuthorities(options.timestampCa ?? []);
  const { entries, onProgress } = options;
  const progress = onProgress === undefined ? {} : { onProgress };
  return { path, ...(await verifyLedger({ reader, keys, known, files, entries, authorities, ...progress })) };
}

/** Verifier keys as they are given on a command line. @throws Problem `ledger-key`. */
export async function readKeys(given: readonly string[]): Promise<VerifierKey[]> {
  const keys: VerifierKey[] = [];
  for (const text of given) {
    const lines = text.includes('+') ? [text] : await readLines(text);
    keys.push(...lines.map(parseVerifierKey));
  }
  return keys;
}

async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  throw new Problem('ledger-key', `\`${path}\` is neither a verifier key nor a file that can be read`, {
    next: 'a verifier key has the form `name+1a2b3c4d+base64`',
    exit: 'badUsage',
  });
}

async function readCheckpointFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Problem('ledger-checkpoint', `the checkpoint \`${path}\` cannot be read`, { exit: 'badUsage', cause });
  }
}
