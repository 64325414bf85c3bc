import { readFile } from 'node:fs/promises';
import { Problem } from '../base/problem.js';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../ledger/note/verifier-key.js';
import { writeWhole } from './durable-file.js';

const VERSION = 1;

/** What this machine knows of its ledger, kept outside the ledger's own folder. */
export interface LedgerSettings {
  /** The log's name. */
  readonly origin: string;
  /** Every key that signed it, the present one last. */
  readonly keys: readonly VerifierKey[];
  /** The key that signs: its name in the embedded key store, or a KMS key's ARN. */
  readonly signingKey: string;
  /** How a KMS key is reached. Never credentials. */
  readonly reach?: LedgerReach;
}

export interface LedgerReach {
  readonly profile?: string;
  readonly endpoint?: string;
}

/** Reads the settings; undefined when there is no ledger yet. @throws Problem `ledger-settings`. */
export async function readLedgerSettings(path: string): Promise<LedgerSettings | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // A home that cannot be there is told when it is to be made.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw damaged(path, 'it cannot be read');
  }
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw damaged(path, 'it is not JSON');
  }
  const { version, origin, keys, signingKey, reach } = value;
  if (version !== VERSION) throw damaged(path, `\`version\` is ${JSON.stringify(version)}, not ${VERSION}`);
  if (typeof origin !== 'string') throw damaged(path, '`origin` is not a text');
  if (typeof signingKey !== 'string') throw damaged(path, '`signingKey` is not a text');
  if (!Array.isArray(keys) || keys.length === 0) throw damaged(path, '`keys` is not a list of verifier keys');
  if (reach !== undefined && (typeof reach !== 'object' || reach === null))
    throw damaged(path, '`reach` is not an object');
  return {
    origin,
    signingKey,
    keys: keys.map((key) => parseVerifierKey(String(key))),
    ...(reach === undefined ? {} : { reach: reach as LedgerReach }),
  };
}

/** Writes the settings whole. */
export async function writeLedgerSettings(
  path: string,
  { origin, keys, signingKey, reach }: LedgerSettings,
): Promise<void> {
  const texts = keys.map(formatVerifierKey);
  await writeWhole(path, [JSON.stringify({ version: VERSION, origin, signingKey, reach, keys: texts }, undefined, 1)]);
}

function damaged(path: string, why: string): Problem {
  const next = 'restore it from a backup; without it Hikeshi does not know which keys to trust';
  return new Problem('ledger-settings', `the ledger's settings \`${path}\` are damaged: ${why}`, { next });
}
