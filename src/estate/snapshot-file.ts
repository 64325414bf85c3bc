import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Problem } from '../base/problem.js';
import type { EstateHeader, Gap, Resource } from './estate.js';
import {
  damaged,
  encodeAccount,
  encodeGap,
  encodeHeader,
  encodeResource,
  encodeTrailer,
  LINE_CHARACTERS_MAX,
  notASnapshot,
} from './snapshot-format.js';

/** What is written of one account. */
export interface AccountPart {
  readonly accountId: string;
  readonly resources: Iterable<Resource>;
  readonly gaps?: readonly Gap[];
}

/** Fast rather than small: level 1 is three times as fast as the default and some 20 % larger. */
const GZIP_LEVEL = 1;
const CHUNK_CHARACTERS = 256 * 1024;

/**
 * Writes a snapshot, account by account, in bounded memory. It appears under its name only when it is complete and on
 * the disk.
 *
 * @throws Problem `file-exists` unless `force`.
 */
export async function writeSnapshot(
  path: string,
  header: EstateHeader,
  accounts: AsyncIterable<AccountPart> | Iterable<AccountPart>,
  options: { readonly force?: boolean; readonly gaps?: readonly Gap[] } = {},
): Promise<{ readonly resources: number; readonly gaps: number }> {
  if (options.force !== true && (await exists(path))) {
    throw new Problem('file-exists', `\`${path}\` exists already`, {
      next: 'choose another name or pass --force',
      exit: 'badUsage',
    });
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  const writer = new LineWriter(temporary);
  try {
    await writer.line(encodeHeader(header));
    let gaps = 0;
    for (const gap of options.gaps ?? []) {
      await writer.line(encodeGap(gap));
      gaps += 1;
    }
    let resources = 0;
    for await (const part of accounts) {
      await writer.line(encodeAccount(part.accountId));
      for (const gap of part.gaps ?? []) {
        await writer.line(encodeGap(gap));
        gaps += 1;
      }
      for (const resource of part.resources) {
        await writer.line(encodeResource(resource));
        resources += 1;
      }
    }
    await writer.end(resources);
    await rename(temporary, path);
    return { resources, gaps };
  } catch (error) {
    writer.destroy();
    await rm(temporary, { force: true });
    throw error;
  }
}

class LineWriter {
  private readonly gzip = createGzip({ level: GZIP_LEVEL });
  private readonly hash = createHash('sha256');
  private readonly path: string;
  private readonly done: Promise<void>;
  private pending: string[] = [];
  private pendingCharacters = 0;

  constructor(path: string) {
    this.path = path;
    this.done = finished(this.gzip.pipe(createWriteStream(path, { mode: 0o600 })));
    this.done.catch(() => undefined);
  }

  async line(text: string): Promise<void> {
    this.pending.push(text, '\n');
    this.pendingCharacters += text.length + 1;
    if (this.pendingCharacters >= CHUNK_CHARACTERS) await this.flush();
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.from(this.pending.join(''));
    this.pending = [];
    this.pendingCharacters = 0;
    this.hash.update(bytes);
    await this.write(bytes);
  }

  private async write(bytes: Buffer): Promise<void> {
    if (!this.gzip.write(bytes)) await new Promise((drained) => this.gzip.once('drain', drained));
  }

  /** Writes the trailer over all that came before it, and waits until it is on the disk. */
  async end(resources: number): Promise<void> {
    await this.flush();
    await this.write(Buffer.from(`${encodeTrailer(resources, this.hash.digest('hex'))}\n`));
    this.gzip.end();
    await this.done;
    const file = await open(this.path, 'r');
    await file.sync().finally(() => file.close());
  }

  destroy(): void {
    this.gzip.destroy();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * The lines of a snapshot file, in batches, with the running hash of everything before the batch's last line start.
 *
 * @throws Problem when the file is missing, is no gzip, or ends too early.
 */
export async function* snapshotLines(
  path: string,
): AsyncIterable<{ readonly lines: readonly string[]; readonly bytes: Buffer }> {
  const gunzip = createGunzip();
  const source = createReadStream(path, { highWaterMark: 1024 * 1024 });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = bytes.subarray(end);
      if (rest.length > LINE_CHARACTERS_MAX) throw damaged('a line is longer than any resource can be');
      if (end === 0) continue;
      const whole = bytes.subarray(0, end);
      const lines = whole.toString('utf8').split('\n');
      lines.pop();
      yield { lines, bytes: whole };
    }
  } catch (error) {
    throw readable(error as NodeJS.ErrnoException, path);
  } finally {
    source.destroy();
  }
  if (rest.length > 0) throw damaged('its last line is cut off');
}

function readable(error: NodeJS.ErrnoException, path: string): unknown {
  if (error instanceof Problem) return error;
  if (error.code === 'ENOENT') {
    return new Problem('snapshot-missing', `there is no file \`${path}\``, {
      next: 'check the name given to --estate',
      exit: 'badUsage',
    });
  }
  if (error.code === 'EISDIR' || error.code === 'EACCES') {
    const why = error.code === 'EISDIR' ? 'is a folder' : 'may not be read';
    return new Problem('snapshot-missing', `\`${path}\` ${why}`, {
      next: 'give the name of a snapshot file',
      exit: 'badUsage',
    });
  }
  if (error.code === 'Z_DATA_ERROR' && /incorrect header/.test(error.message)) return notASnapshot();
  if (error.code?.startsWith('Z_') === true) return damaged(error.message);
  return error;
}
