import type { Json } from '../../base/json.js';
import type { LedgerRecord } from '../../ledger/record/statement.js';
import type { Audit, AuditEntry } from './hub.js';

/** What of the ledger is needed. Calls at once are signed together. */
export interface AppendsRecords {
  append(record: LedgerRecord): Promise<unknown>;
}

/** Calls that change something, in the ledger. */
export class LedgerAudit implements Audit {
  private readonly ledger: AppendsRecords;

  constructor(ledger: AppendsRecords) {
    this.ledger = ledger;
  }

  async record({ at, by, call, subjects, ...detail }: AuditEntry): Promise<void> {
    const title = `${call} by ${by}`;
    await this.ledger.append({ kind: 'call', at, by, subjects, title, detail: { call, ...detail } as Json });
  }
}
