import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapBounded } from '../base/concurrency.js';
import { Problem } from '../base/problem.js';
import type { LogFile } from '../ledger/tiles/append-entries.js';
import { hashesAt, levelsOf, TILE_WIDTH, tilePath } from '../ledger/tiles/tile-path.js';
import type { TileReader } from '../ledger/tiles/tile-tree.js';
import { syncFolder, writeBytes } from './durable-file.js';
import { tryLock } from './process-lock.js';

/** The file system as a ledger needs it; another one in tests, to fail at every step. */
export interface Disk {
  /** Writes a file whole and durably, but for the folder's own entry; first under a temporary path, then renamed. */
  write(path: string, bytes: Uint8Array, temporary: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export const realDisk: Disk = {
  write: writeBytes,
  syncFolder,
  remove: (path) => rm(path, { recursive: true, force: true }),
};

const LOCK_WAIT_MS = 60_000;
const LOCK_POLL_MS = 20;
/** Files that are written side by side: each waits for the disk several times. */
const FILES_AT_ONCE = 16;

/** A ledger as files in a folder; a file server or a bucket can host a copy of it. */
export class LedgerFolder implements TileReader {
  readonly path: string;
  private readonly disk: Disk;
  private readonly lockWaitMs: number;

  /** @param lockWaitMs how long an append waits for those of other processes. */
  constructor(path: string, disk: Disk = realDisk, lockWaitMs = LOCK_WAIT_MS) {
    this.path = path;
    this.disk = disk;
    this.lockWaitMs = lockWaitMs;
  }

  async read(path: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.path, path));
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code)) return undefined;
      const next = 'check its owner and mode';
      throw new Problem(
        'ledger-unreadable',
        `the ledger's file \`${join(this.path, path)}\` cannot be read (\`${code}\`)`,
        {
          next,
          cause: error,
        },
      );
    }
  }

  /** Every file, by its path under the folder, in order. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.path, { withFileTypes: true, recursive: true }).catch(() => []);
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(this.path, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  }

  /**
   * Writes files and returns once they are on the disk, all of them or none that counts: what counts is written last.
   *
   * @throws Problem `ledger-unwritable` for a full disk, a missing permission: nothing was recorded.
   */
  async write(files: readonly LogFile[]): Promise<void> {
    try {
      await mapBounded(files, FILES_AT_ONCE, ({ path, bytes }, place) =>
        this.disk.write(join(this.path, path), bytes, this.temporary(place)),
      );
      await mapBounded([...foldersOf(files)], FILES_AT_ONCE, (folder) => this.disk.syncFolder(join(this.path, folder)));
    } catch (cause) {
      throw this.unwritable(cause);
    }
  }

  private unwritable(cause: unknown): Problem {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const next = 'check the free space, its owner and its mode; what was recorded before is intact';
    return new Problem('ledger-unwritable', `the ledger \`${this.path}\` cannot be written (\`${code}\`)`, {
      next,
      cause,
    });
  }

  /** Not in the ledger's own folder: what a crash leaves half-written is not part of it. */
  private temporary(place: number): string {
    return `${this.path}.tmp/${process.pid}-${place}`;
  }

  /** Runs `work` while no other process appends. @throws Problem `ledger-busy` after a minute, `ledger-unwritable`. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    for (let waitedMs = 0; ; waitedMs += LOCK_POLL_MS) {
      const attempt = await tryLock(`${this.path}.lock`, 'appending to the ledger').catch((problem: Error) => {
        throw problem.cause === undefined ? problem : this.unwritable(problem.cause);
      });
      if ('release' in attempt) {
        try {
          return await work();
        } finally {
          await attempt.release();
        }
      }
      if (waitedMs >= this.lockWaitMs) {
        const who =
          attempt.holder === undefined ? 'another process' : `process ${attempt.holder.pid} on ${attempt.holder.host}`;
        const next = `wait for it; if it is not there any more, remove \`${this.path}.lock\``;
        throw new Problem('ledger-busy', `${who} is appending to the ledger \`${this.path}\``, { next });
      }
      await sleep(LOCK_POLL_MS);
    }
  }

  /**
   * Removes what an append that was cut off left beyond the checkpoint. Nothing of it was acknowledged. O(levels) when
   * there is nothing.
   */
  async clearBeyond(size: number): Promise<void> {
    const levels = Array.from({ length: levelsOf(size) + 1 }, (_, level) => level);
    await Promise.all([
      this.clearSide('entries', 0, size),
      mapBounded(levels, FILES_AT_ONCE, (level) => this.clearSide('hashes', level, hashesAt(level, size))),
    ]);
  }

  private async clearSide(kind: 'entries' | 'hashes', level: number, hashes: number): Promise<void> {
    const first = Math.floor(hashes / TILE_WIDTH);
    for (let index = first; ; index++) {
      const kept = index === first ? hashes % TILE_WIDTH : 0;
      const full = tilePath(
        kind === 'entries' ? { kind, index, width: TILE_WIDTH } : { kind, level, index, width: TILE_WIDTH },
      );
      const widths = (await readdir(join(this.path, `${full}.p`)).catch(() => [])).filter(
        (name) => Number(name) > kept || !/^\d+$/.test(name),
      );
      const isThere = (await this.read(full)) !== undefined;
      if (!isThere && widths.length === 0) return;
      if (isThere) await this.disk.remove(join(this.path, full));
      for (const width of widths) await this.disk.remove(join(this.path, `${full}.p/${width}`));
    }
  }

  /**
   * Removes earlier forms of tiles that nobody needs any more: all of a tile that is full, and of bundles, which may be
   * large, all but the present one and the one of the checkpoint before.
   */
  async clearEarlier(before: number, size: number): Promise<void> {
    for (let level = 0; level < levelsOf(size); level++) {
      for (const index of filled(hashesAt(level, before), hashesAt(level, size))) {
        await this.disk.remove(join(this.path, `${tilePath({ kind: 'hashes', level, index, width: TILE_WIDTH })}.p`));
      }
    }
    for (const index of filled(before, size)) {
      await this.disk.remove(join(this.path, `${tilePath({ kind: 'entries', index, width: TILE_WIDTH })}.p`));
    }
    const present = `${tilePath({ kind: 'entries', index: Math.floor(size / TILE_WIDTH), width: TILE_WIDTH })}.p`;
    const keep = new Set([String(size % TILE_WIDTH), String(before % TILE_WIDTH)]);
    const widths = await readdir(join(this.path, present)).catch(() => []);
    for (const width of widths.filter((name) => !keep.has(name)))
      await this.disk.remove(join(this.path, present, width));
  }
}

/** The tiles that were partial and are full now. */
function* filled(before: number, now: number): Generator<number> {
  const first = Math.floor(before / TILE_WIDTH);
  if (before % TILE_WIDTH > 0 && Math.floor(now / TILE_WIDTH) > first) yield first;
}

function foldersOf(files: readonly LogFile[]): Set<string> {
  const folders = new Set<string>();
  for (const { path } of files) {
    // A new folder's own entry is in its parent: all of them up to the ledger's.
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
      if (folder === '.') break;
    }
  }
  return folders;
}
