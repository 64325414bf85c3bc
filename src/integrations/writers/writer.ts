import type { AnyControl } from '../../controls/control.js';
import type { Gap } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';

/** What a report says besides its findings. */
export interface ReportContext {
  readonly partition: string;
  /** When the estate was read (ISO 8601). */
  readonly scannedAt: string;
  readonly version: string;
  readonly controlOf: (id: string) => AnyControl;
  readonly accountName: (accountId: string) => string;
  /** The estate file that was scanned, when one was: where SARIF's locations point. */
  readonly estateFile?: string;
  /** What could not be read. */
  readonly gaps?: readonly Gap[];
}

/** Turns findings into a document, piece by piece, so that a report of any size needs little memory. */
export type Writer = (findings: Iterable<Finding>, context: ReportContext) => Iterable<string>;
