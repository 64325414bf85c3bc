import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Problem } from '../base/problem.js';

/** Only the user may read what the store keeps: it describes how an organization can be attacked. */
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/**
 * Writes a whole file so that a crash leaves the old one or the new one, never half of one.
 *
 * @throws Problem `file-unwritable` for a full disk, a missing permission: the old one is intact.
 */
export async function writeWhole(path: string, lines: Iterable<string>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    await writeLines(temporary, lines);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(path, cause);
  }
  await syncFolder(dirname(path));
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = await open(path, 'w', PRIVATE_FILE);
  try {
    let chunk: string[] = [];
    for (const line of lines) {
      chunk.push(line, '\n');
      if (chunk.length >= 2000) {
        // `writeFile` of a handle goes on until all is written; `write` may stop short where the disk is nearly full.
        await file.writeFile(chunk.join(''));
        chunk = [];
      }
    }
    await file.writeFile(chunk.join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Appends one line and returns once it is on the disk.
 *
 * @throws Problem `file-unwritable` for a full disk, a missing permission: the lines before are intact, and no half of
 * this one is left behind them.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    const file = await open(path, 'a', PRIVATE_FILE);
    try {
      const { size } = await file.stat();
      try {
        await file.writeFile(`${line}\n`);
        await file.sync();
      } catch (cause) {
        await file.truncate(size).catch(() => undefined);
        throw cause;
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  const next = 'check the free space, its owner and its mode; what was there before is intact';
  return new Problem('file-unwritable', `\`${path}\` cannot be written (\`${code}\`)`, { next, cause });
}

/** Makes a rename or a new file itself durable. Some file systems cannot; they lose nothing that was acknowledged. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows and some network file systems refuse to sync a folder.
  }
}

/**
 * Writes a file of bytes so that a crash leaves the old one or the new one. The folder must be synced after it.
 *
 * @param temporary where it is written before it is renamed, on the same file system.
 */
export async function writeBytes(path: string, bytes: Uint8Array, temporary: string): Promise<void> {
  try {
    await replace(path, bytes, temporary);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    // Most files come beside others: the folders are made where they are not there.
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    await mkdir(dirname(temporary), { recursive: true, mode: PRIVATE_FOLDER });
    await replace(path, bytes, temporary);
  }
}

async function replace(path: string, bytes: Uint8Array, temporary: string): Promise<void> {
  try {
    const file = await open(temporary, 'w', PRIVATE_FILE);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
}
