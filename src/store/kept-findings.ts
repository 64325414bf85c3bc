import type { Finding } from '../findings/finding.js';

/** Where own findings are kept from scan to scan: a file of this machine, or a database that many share. */
export interface KeptFindings {
  read(): Promise<Finding[]>;
  /** All findings, as they are now: what is not among them is no longer kept. */
  write(findings: readonly Finding[]): Promise<void>;
}
