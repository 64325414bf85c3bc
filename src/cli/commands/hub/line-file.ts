import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, Problem } from '../../../base/problem.js';
import type { Report } from '../../../engine/event.js';
import { lineEndsIn } from '../../../store/postgres/findings/lines.js';

const PIECE_BYTES = 1 << 20;

/** Lines that are read from a file, packed or not, or from standard input (`-`). */
export class LineFile {
  private readonly name: string;
  private readonly report: Report;
  private readonly hash = createHash('sha256');
  /** So far. */
  bytes = 0;
  private lines = 0;

  constructor(name: string, report: Report) {
    this.name = name;
    this.report = report;
  }

  /** SHA-256 of the lines as they were handed on, in hexadecimal. */
  digest(): string {
    return this.hash.digest('hex');
  }

  /** @throws Problem `bad-file`. */
  async *chunks(): AsyncGenerator<Buffer> {
    const { name } = this;
    const size = name === '-' ? undefined : (await stat(name).catch((cause: unknown) => this.fail(cause))).size;
    const file = name === '-' ? process.stdin : createReadStream(name, { highWaterMark: PIECE_BYTES });
    for await (const chunk of this.unpacked(file)) {
      this.hash.update(chunk);
      this.bytes += chunk.length;
      this.lines += lineEndsIn(chunk);
      const part = 'bytesRead' in file && size !== undefined ? { part: file.bytesRead / Math.max(size, 1) } : {};
      this.report({ kind: 'importing', lines: this.lines, bytes: this.bytes, ...part });
      yield chunk;
    }
  }

  private async *unpacked(file: Readable): AsyncGenerator<Buffer> {
    const isPacked = this.name.toLowerCase().endsWith('.gz');
    try {
      yield* (isPacked ? gunzipped(file) : file) as AsyncIterable<Buffer>;
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(cause: unknown): never {
    throw new Problem('bad-file', `\`${this.name}\` cannot be read: ${messageOf(cause)}`, {
      next:
        this.bytes === 0
          ? 'give the path of a file'
          : 'its whole lines until there are imported; again, they are unchanged',
      exit: 'badUsage',
      cause,
    });
  }
}

function gunzipped(file: Readable): Readable {
  const gunzip = createGunzip();
  file.once('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}
