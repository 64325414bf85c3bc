import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the user may read what the store keeps: it describes how an organization can be attacked. */
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Writes a whole file so that a crash leaves the old one or the new one, never half of one. */
export async function writeWhole(path: string, lines: Iterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w', PRIVATE_FILE);
  try {
    let chunk: string[] = [];
    for (const line of lines) {
      chunk.push(line, '\n');
      if (chunk.length >= 2000) {
        await file.write(chunk.join(''));
        chunk = [];
      }
    }
    await file.write(chunk.join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Appends one line and returns once it is on the disk. */
export async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  const file = await open(path, 'a', PRIVATE_FILE);
  try {
    await file.write(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
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
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  await mkdir(dirname(temporary), { recursive: true, mode: PRIVATE_FOLDER });
  const file = await open(temporary, 'w', PRIVATE_FILE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
