import { readFile } from 'node:fs/promises';
import { writeWhole } from './durable-file.js';

const FINGERPRINT = /^[A-Za-z0-9_-]{43}$/;

/**
 * Fingerprints of analyses that proved a resource closed, so that a scan looks anew only at what changed. A file of another
 * version, or one that is damaged, counts as none: everything is then analysed again.
 */
export class ClosedFile {
  private readonly path: string;
  private readonly head: string;

  /** @param version of the engine that proves: what another one proved is proved again. */
  constructor(path: string, version: string) {
    this.path = path;
    this.head = `hikeshi proved closed, engine ${version}`;
  }

  async read(): Promise<readonly string[]> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch {
      return [];
    }
    const [head, ...lines] = text.split('\n').filter((line) => line !== '');
    return head === this.head && lines.every((line) => FINGERPRINT.test(line)) ? lines : [];
  }

  async write(fingerprints: Iterable<string>): Promise<void> {
    await writeWhole(this.path, [this.head, ...fingerprints]);
  }
}
