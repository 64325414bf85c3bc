import type { Clock } from '../../base/ports.js';
import type { AutomationRule } from '../../findings/hub/automation-rule.js';
import type { AsffFinding, FindingHub, ImportContext, ImportOutcome } from '../../findings/hub/finding-hub.js';
import { NO_OBJECT, parsed, REFUSALS_MAX, type ImportTally } from '../../store/postgres/findings/import-lines.js';
import { eachLine, linesOf } from '../../store/postgres/findings/lines.js';
import type { PostgresFindingHub } from '../../store/postgres/findings/postgres-finding-hub.js';
import { Turns } from '../../store/postgres/findings/turns.js';
import type { CurrentRules } from '../decide/current-rules.js';
import { LineSource } from './line-source.js';

/** Who imports, and findings of which accounts; of all unless told. */
export type LineContext = Pick<ImportContext, 'actor' | 'accounts'>;

/** What became of lines. */
export interface ImportedLines extends ImportTally {
  /** How many whole lines came. */
  readonly lines: number;
  /** What ended the stream before its end. All lines that came whole before are told of, and are on the disk. */
  readonly cut?: unknown;
}

/** Brings in findings from JSON lines in ASFF, however many. The same lines again change nothing. */
export type ImportLines = (chunks: AsyncIterable<Buffer>, context: LineContext) => Promise<ImportedLines>;

export interface LineImportOptions {
  /** Where findings are seen by the rules. */
  readonly hub: FindingHub;
  /** Where they are not. */
  readonly quick: Pick<PostgresFindingHub, 'importLines'>;
  /** Whether a rule must see what comes in. */
  readonly isSeen: () => Promise<boolean>;
  readonly clock: Clock;
}

/** Each has threads and connections of its own. */
const STREAMS_MAX = 2;
/** Findings that are brought before the rules at once. */
const BATCH_MAX = 100;

/**
 * Imports findings from streams of lines. Where no rule could say anything of a finding they go the store's quick way, on
 * several threads. Where one could, each goes through the hub as if it had come in a call of its own: one meaning, whichever
 * way is taken. A rule that is made meanwhile sees what is read from then on.
 */
export class LineImport {
  private readonly options: LineImportOptions;
  private readonly turns = new Turns(STREAMS_MAX);
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(options: LineImportOptions) {
    this.options = options;
  }

  readonly importLines: ImportLines = (chunks, context) => {
    const importing = this.turns.take(() => this.import(new LineSource(chunks), context));
    const ended = importing.catch(() => undefined).finally(() => this.underWay.delete(ended));
    this.underWay.add(ended);
    return importing;
  };

  /** Waits for what is under way. */
  async end(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async import(source: LineSource, context: LineContext): Promise<ImportedLines> {
    const { quick, isSeen, clock } = this.options;
    try {
      const unseen = (await isSeen())
        ? nothing
        : await quick.importLines(source.until(isSeen), { ...context, now: clock() });
      const seen = source.ended ? nothing : await this.importSeen(source, context);
      return { ...sumOf(unseen, seen), lines: source.lines, ...(source.cut === undefined ? {} : { cut: source.cut }) };
    } finally {
      await source.close();
    }
  }

  /** The way past the rules, in batches, one after the other. */
  private async importSeen(source: LineSource, context: LineContext): Promise<ImportTally> {
    const { hub, clock } = this.options;
    const tally = new LineTally();
    for await (const batch of batchesOf(source, tally)) {
      const findings = batch.map(({ finding }) => finding);
      const outcomes = await hub.importFindings(findings, { ...context, now: clock() });
      outcomes.forEach((outcome, at) => tally.add(batch[at]?.line ?? 0, outcome));
    }
    return tally.sum();
  }
}

interface NumberedFinding {
  readonly line: number;
  readonly finding: AsffFinding;
}

async function* batchesOf(source: LineSource, tally: LineTally): AsyncGenerator<readonly NumberedFinding[]> {
  let batch: NumberedFinding[] = [];
  let line = source.lines;
  for await (const lines of linesOf(source.until(never))) {
    for (const text of eachLine(lines)) {
      line += 1;
      const finding = parsed(text);
      if (finding === undefined) tally.add(line, { kind: 'refused', ...NO_OBJECT });
      else if (finding !== 'blank') batch.push({ line, finding });
      if (batch.length < BATCH_MAX) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Counts what became of findings, and keeps the first refusals. */
class LineTally {
  private readonly counts = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  private readonly refusals: ImportTally['refusals'][number][] = [];

  add(line: number, outcome: ImportOutcome): void {
    this.counts[outcome.kind] += 1;
    if (outcome.kind !== 'refused' || this.refusals.length >= REFUSALS_MAX) return;
    this.refusals.push({ line, code: outcome.code, message: outcome.message });
  }

  sum(): ImportTally {
    return { ...this.counts, refusals: this.refusals.toSorted((a, b) => a.line - b.line) };
  }
}

const never = () => Promise.resolve(false);

const nothing: ImportTally = { created: 0, updated: 0, unchanged: 0, refused: 0, refusals: [] };

function sumOf(a: ImportTally, b: ImportTally): ImportTally {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    refused: a.refused + b.refused,
    refusals: [...a.refusals, ...b.refusals].slice(0, REFUSALS_MAX),
  };
}

/** Whether a rule of a hub could say something of a finding that comes in: an automation rule of AWS's, or one over events. */
export function seenByRules(hub: Pick<FindingHub, 'documents'>, rules: Pick<CurrentRules, 'get'>) {
  return async (): Promise<boolean> => {
    if ((await rules.get()).askForFindings) return true;
    const automation = await hub.documents.list<AutomationRule>('automation-rule');
    return automation.some(({ RuleStatus }) => RuleStatus !== 'DISABLED');
  };
}
