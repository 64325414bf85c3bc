import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createGunzip, gunzip as gunzipWithCallback } from 'node:zlib';
import { Problem } from '../base/problem.js';
import type { EstateHeader } from './estate.js';
import {
  BLOCK_CHARACTERS_MAX,
  damaged,
  decodeLine,
  decodeTrailer,
  notASnapshot,
  TRAILER_BYTES,
  type Block,
  type Directory,
} from './snapshot-format.js';

const gunzip = promisify(gunzipWithCallback);
const READ_BYTES = 1024 * 1024;
/** So many blocks are unpacked ahead, while the one before is used. */
const AHEAD = 4;

/** A snapshot file whose checksum holds, and what it says of itself. */
export interface VerifiedFile {
  readonly path: string;
  readonly header: EstateHeader;
  readonly directory: Directory;
  /** Which file it was: another one under the same name is not verified. */
  readonly identity: string;
}

/**
 * Verifies a file: its version, then its checksum over every byte. O(bytes as compressed), without unpacking more than the
 * header and the directory.
 *
 * @throws Problem when the file is missing, of another version, cut off or changed.
 */
export async function verifyFile(path: string): Promise<VerifiedFile> {
  return withFile(path, async (file) => {
    const stats = await file.stat();
    if (stats.size === 0) throw damaged('it is empty');
    const first = decodeLine(await firstLine(path));
    if (first.kind !== 'header') throw notASnapshot();
    const end = stats.size - TRAILER_BYTES;
    if (end <= 0) throw damaged('it ends before its trailer');
    const trailer = decodeTrailer(await bytesAt(file, { offset: end, length: TRAILER_BYTES }));
    if ((await sha256Of(path, end)) !== trailer.sha256) throw damaged('its content does not match its checksum');
    if (trailer.directory >= end) throw damaged('its directory is missing');
    const [line = ''] = await linesOf(file, { offset: trailer.directory, length: end - trailer.directory });
    const last = decodeLine(line);
    if (last.kind !== 'directory') throw damaged('its directory is missing');
    return { path, header: first.header, directory: last.directory, identity: identityOf(stats) };
  });
}

/**
 * The lines of some blocks, in their order, each block with its lines. Reading and unpacking go on in the background while
 * the caller works on a block: memory for a few blocks.
 *
 * @throws Problem when the file is not the one that was verified.
 */
export async function* blockLines<Of extends Block>(
  verified: VerifiedFile,
  blocks: readonly Of[],
): AsyncIterable<{ readonly block: Of; readonly lines: readonly string[] }> {
  const file = await opened(verified.path);
  try {
    if (identityOf(await file.stat()) !== verified.identity) throw replaced(verified.path);
    const ahead: Promise<string[]>[] = [];
    const start = (block: Of | undefined): void => {
      if (block === undefined) return;
      const lines = linesOf(file, block);
      // Who asks for the lines is told of a failure; nobody may be left to ask.
      lines.catch(() => undefined);
      ahead.push(lines);
    };
    for (const block of blocks.slice(0, AHEAD)) start(block);
    for (const [place, block] of blocks.entries()) {
      const lines = await ahead.shift();
      start(blocks[place + AHEAD]);
      yield { block, lines: lines ?? [] };
    }
    await Promise.allSettled(ahead);
  } finally {
    await file.close();
  }
}

async function linesOf(file: FileHandle, block: Block): Promise<string[]> {
  const packed = await bytesAt(file, block);
  let text: Buffer;
  try {
    text = await gunzip(packed, { maxOutputLength: BLOCK_CHARACTERS_MAX, chunkSize: READ_BYTES });
  } catch (error) {
    throw damaged((error as Error).message);
  }
  const lines = text.toString('utf8').split('\n');
  if (lines.pop() !== '') throw damaged('a line is cut off');
  return lines;
}

async function bytesAt(file: FileHandle, { offset, length }: Block): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  if (bytesRead !== length) throw damaged('it ends too early');
  return bytes;
}

async function sha256Of(path: string, end: number): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { end: end - 1, highWaterMark: READ_BYTES });
  for await (const chunk of stream as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

/** The first line, whatever the version: only so much is unpacked. */
async function firstLine(path: string): Promise<string> {
  const source = createReadStream(path);
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      const end = chunk.indexOf(0x0a);
      chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
      length += chunk.length;
      if (end >= 0) return Buffer.concat(chunks).toString('utf8');
      if (length > BLOCK_CHARACTERS_MAX) throw notASnapshot();
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'Z_DATA_ERROR' && /incorrect header/.test(message)) throw notASnapshot();
    throw code.startsWith('Z_') ? damaged(message) : error;
  } finally {
    source.destroy();
  }
  throw damaged('its first line is cut off');
}

function identityOf({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join(':');
}

async function withFile<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result> {
  const file = await opened(path);
  try {
    return await use(file);
  } catch (error) {
    throw readable(error as NodeJS.ErrnoException, path);
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw readable(error, path);
  });
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
  return error;
}

function replaced(path: string): Problem {
  return new Problem('snapshot-replaced', `\`${path}\` was replaced while it was read`, {
    next: 'run the command again',
    exit: 'badConfiguration',
  });
}
