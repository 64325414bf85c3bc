import { readFile } from 'node:fs/promises';
import { Problem } from '../base/problem.js';
import { parseVerifierKey, type VerifierKey } from '../ledger/note/verifier-key.js';
import { writeWhole } from './durable-file.js';

const VERSION = 1;

/** What this machine knows of its ledger, kept outside the ledger's own folder. */
export interface LedgerSettings {
  /** The log's name. */
  readonly origin: string;
  /** Every key that signed it, the present one last. */
  readonly keys: readonly VerifierKey[];
  /** The key that signs: its id in the embedded key store, or a KMS key's ARN. */
  readonly signingKey: string;
}

/** Reads the settings; undefined when there is no ledger yet. @throws Problem `ledger-settings`. */
export async function readLedgerSettings(path: string): Promise<LedgerSettings | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw damaged(path, 'it cannot be read');
  }
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw damaged(path, 'it is not JSON');
  }
  const { version, origin, keys, signingKey } = value;
  if (version !== VERSION) throw damaged(path, `\`version\` is ${JSON.stringify(version)}, not ${VERSION}`);
  if (typeof origin !== 'string') throw damaged(path, '`origin` is not a text');
  if (typeof signingKey !== 'string') throw damaged(path, '`signingKey` is not a text');
  if (!Array.isArray(keys) || keys.length === 0) throw damaged(path, '`keys` is not a list of verifier keys');
  return { origin, signingKey, keys: keys.map((key) => parseVerifierKey(String(key))) };
}

/** Writes the settings whole. @param keys as text. */
export async function writeLedgerSettings(
  path: string,
  { origin, keys, signingKey }: { origin: string; keys: readonly string[]; signingKey: string },
): Promise<void> {
  await writeWhole(path, [JSON.stringify({ version: VERSION, origin, signingKey, keys }, undefined, 1)]);
}

function damaged(path: string, why: string): Problem {
  const next = 'restore it from a backup; without it Hikeshi does not know which keys to trust';
  return new Problem('ledger-settings', `the ledger's settings \`${path}\` are damaged: ${why}`, { next });
}
