import type { Json } from '../../base/json.js';
import type { LedgerRecord } from '../../ledger/record/statement.js';
import type { Audit, AuditEntry, NotedCall } from './hub.js';

/** What of the ledger is needed. Calls at once are signed together. */
export interface AppendsRecords {
  append(record: LedgerRecord): Promise<unknown>;
}

/** Notes are gathered for so long before they become one entry. */
const GATHERED_MS = 60_000;
/** Different notes of one entry: a stranger who tries many addresses fills no ledger. */
const LINES_MAX = 1_000;

/** Alike calls of one minute. */
interface Line extends Omit<NotedCall, 'at'> {
  readonly first: string;
  last: string;
  count: number;
}

export interface LedgerAuditOptions {
  /** Told when notes could not be written; they are kept and tried again. */
  readonly onError: (error: unknown) => void;
  readonly gatheredMs?: number;
}

/**
 * Every call of a hub, in the ledger: one that changes something as an entry of its own, before it is carried out; all others
 * (reads, refusals) gathered by who, from where, what and with what outcome, an entry a minute.
 */
export class LedgerAudit implements Audit {
  private readonly ledger: AppendsRecords;
  private readonly onError: (error: unknown) => void;
  private readonly timer: NodeJS.Timeout;
  private lines = new Map<string, Line>();
  private unlisted = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(ledger: AppendsRecords, { onError, gatheredMs = GATHERED_MS }: LedgerAuditOptions) {
    this.ledger = ledger;
    this.onError = onError;
    this.timer = setInterval(() => void this.flush(), gatheredMs);
    this.timer.unref();
  }

  async record({ at, by, call, subjects, ...detail }: AuditEntry): Promise<void> {
    const title = `${call} by ${by}`;
    await this.ledger.append({ kind: 'call', at, by, subjects, title, detail: { call, ...detail } as Json });
  }

  note({ at, ...call }: NotedCall): void {
    this.add({ ...call, first: at, last: at, count: 1 });
  }

  /** Writes what was noted. What cannot be written is noted again. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Writes what was noted, and gathers no more. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async write(): Promise<void> {
    const { lines, unlisted } = this;
    const calls = [...lines.values()];
    const last = calls
      .map((line) => line.last)
      .sort()
      .at(-1);
    if (last === undefined) return;
    this.lines = new Map();
    this.unlisted = 0;
    const count = calls.reduce((sum, line) => sum + line.count, unlisted);
    const title = `${count} calls that changed nothing`;
    const subjects = [...new Set(calls.map(({ by }) => by))].sort();
    const detail = { calls, ...(unlisted === 0 ? {} : { unlisted }) } as unknown as Json;
    try {
      await this.ledger.append({ kind: 'calls', at: last, by: 'hikeshi', subjects, title, detail });
    } catch (error) {
      this.takeBack(calls, unlisted);
      this.onError(error);
    }
  }

  /** Before what was noted since. */
  private takeBack(calls: readonly Line[], unlisted: number): void {
    const since = this.lines;
    this.lines = new Map();
    this.unlisted += unlisted;
    for (const line of [...calls, ...since.values()]) this.add(line);
  }

  /** Alike calls become one line, as long as there is room for lines. */
  private add(line: Line): void {
    const key = JSON.stringify([line.by, line.through, line.from, line.call, line.status]);
    const known = this.lines.get(key);
    if (known !== undefined) {
      known.count += line.count;
      known.last = line.last;
    } else if (this.lines.size < LINES_MAX) this.lines.set(key, line);
    else this.unlisted += line.count;
  }
}
