import { createHash } from 'node:crypto';
import type { ExternalAnalysis } from './external-access.js';

const CLOSED: ExternalAnalysis = { findings: [], undetermined: [] };

/**
 * A memory of analyses that outlives the program: of those that found nothing and left nothing open only a fingerprint of
 * what they depend on is kept. Few resources let anyone in, so nearly all need not be analysed again.
 */
export class ClosedMemory extends Map<string, ExternalAnalysis> {
  private readonly proved: ReadonlySet<string>;

  /** @param proved fingerprints that `closed` gave before, by the same version of the engine. */
  constructor(proved: Iterable<string> = []) {
    super();
    this.proved = new Set(proved);
  }

  override get(key: string): ExternalAnalysis | undefined {
    return super.get(key) ?? (this.proved.has(fingerprint(key)) ? CLOSED : undefined);
  }

  /** What was seen and is closed, for the next time. What was not seen is forgotten. */
  *closed(): Iterable<string> {
    for (const [key, { findings, undetermined }] of this) {
      if (findings.length + undetermined.length === 0) yield fingerprint(key);
    }
  }
}

function fingerprint(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
