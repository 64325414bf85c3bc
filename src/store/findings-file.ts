import { readFile } from 'node:fs/promises';
import { Problem } from '../base/problem.js';
import type { Finding } from '../findings/finding.js';
import { writeWhole } from './durable-file.js';
import type { KeptFindings } from './kept-findings.js';

const FORMAT = 'hikeshi-findings';
const VERSION = 1;

/**
 * The findings kept on this machine: a header line, then one finding a line. Read whole; written whole and atomically.
 */
export class FindingsFile implements KeptFindings {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws Problem `findings-file` when it is damaged or of a newer version. */
  async read(): Promise<Finding[]> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return [];
    const [first, ...lines] = text.split('\n').filter((line) => line !== '');
    this.checkHeader(first);
    return lines.map((line, index) => this.parse(line, index + 2));
  }

  async write(findings: readonly Finding[]): Promise<void> {
    await writeWhole(this.path, linesOf(findings));
  }

  private checkHeader(line: string | undefined): void {
    const header =
      line === undefined ? undefined : (tryParse(line) as { format?: unknown; version?: unknown } | undefined);
    if (header?.format !== FORMAT) throw this.damaged('its first line is not a findings header');
    if (header.version !== VERSION) {
      throw new Problem(
        'findings-file',
        `\`${this.path}\` is of version ${String(header.version)}; this Hikeshi reads ${VERSION}`,
        {
          next: 'update Hikeshi, or move the file away and scan again',
          exit: 'badConfiguration',
        },
      );
    }
  }

  private parse(line: string, number: number): Finding {
    const value = tryParse(line) as Partial<Finding> | undefined;
    if (typeof value?.id !== 'string' || typeof value.controlId !== 'string' || typeof value.status !== 'string') {
      throw this.damaged(`line ${number} is not a finding`);
    }
    return value as Finding;
  }

  private damaged(why: string): Problem {
    return new Problem('findings-file', `\`${this.path}\` is damaged: ${why}`, {
      next: 'move the file away and scan again; notes and suppressions in it will be lost',
      exit: 'badConfiguration',
    });
  }
}

function* linesOf(findings: readonly Finding[]): Iterable<string> {
  yield JSON.stringify({ format: FORMAT, version: VERSION });
  for (const finding of findings) yield JSON.stringify(finding);
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
