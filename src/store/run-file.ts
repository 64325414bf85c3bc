import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nearest, quoted } from '../base/nearest.js';
import { Problem } from '../base/problem.js';
import type { Journal, JournalEntry } from '../playbooks/journal.js';
import type { Outcome } from '../playbooks/execute.js';
import type { Plan } from '../playbooks/playbook.js';
import type { Status } from '../controls/control.js';
import type { RehearsalSummary } from '../rehearsal/summary.js';
import { appendLine } from './durable-file.js';

const VERSION = 1;

/** What a run may be called: it names a file. */
const RUN_ID = /^[A-Za-z0-9-]+$/;

/** The first line of a run's record: everything that was decided before anything was done. */
export interface RunHeader {
  readonly kind: 'run';
  readonly version: typeof VERSION;
  readonly id: string;
  readonly startedAt: string;
  readonly findingId: string;
  readonly plan: Plan;
  readonly planHash: string;
  readonly rehearsal: RehearsalSummary;
  /** Who ran it: the caller's ARN. */
  readonly caller: string;
}

/** Every other line, in the order things happened. */
export type RunEntry =
  | (JournalEntry & { readonly at: string })
  | {
      readonly kind: 'approved';
      readonly at: string;
      readonly by: string;
      /** At a prompt, by `--yes`, by a person of the hub, or by the hub's approval policy. */
      readonly how: 'prompt' | 'option' | 'hub' | 'policy';
    }
  | { readonly kind: 'declined'; readonly at: string; readonly by: string }
  | {
      /** The resource was not what it was when the run was planned: it is planned anew, and nothing of the old plan was done. */
      readonly kind: 'planned-again';
      readonly at: string;
      readonly why: string;
      /** The proposal that holds no longer, and who approved it. */
      readonly proposalHash: string;
      readonly approvals: readonly { readonly by: string; readonly at: string; readonly comment?: string }[];
    }
  | { readonly kind: 'verified'; readonly at: string; readonly status: Status; readonly reasons: readonly string[] }
  | { readonly kind: 'ended'; readonly at: string; readonly verb: 'apply' | 'undo'; readonly outcome: Outcome }
  | {
      /** What was said before it is in the ledger. */
      readonly kind: 'attested';
      readonly at: string;
      readonly about: 'approval' | 'run';
      /** The number of the ledger's entry. */
      readonly index: number;
      /** The proof that it is there: a tlog-proof file. */
      readonly proof: string;
    };

/** A run as its record tells it. */
export interface RunRecord {
  readonly header: RunHeader;
  readonly entries: readonly RunEntry[];
}

/** Where a run stands. */
export type RunState = 'proposed' | 'interrupted' | 'declined' | 'applied' | 'stopped' | 'undone';

/** The records of all runs: one file each, appended to and synced line by line, before and after everything done. */
export class RunFiles {
  private readonly folder: string;
  private readonly now: () => Date;

  constructor(folder: string, now: () => Date) {
    this.folder = folder;
    this.now = now;
  }

  async start(header: Omit<RunHeader, 'kind' | 'version' | 'startedAt'>): Promise<RunHeader> {
    const line: RunHeader = { kind: 'run', version: VERSION, startedAt: this.now().toISOString(), ...header };
    await appendLine(this.path(header.id), JSON.stringify(line));
    return line;
  }

  async append<Entry extends RunEntry>(id: string, entry: Omit<Entry, 'at'>): Promise<void> {
    await appendLine(this.path(id), JSON.stringify({ ...entry, at: this.now().toISOString() }));
  }

  /** The journal of a run: what `execute` and `undo` write to. */
  journal(id: string): Journal {
    return { write: (entry) => this.append<JournalEntry & { at: string }>(id, entry) };
  }

  /** @throws Problem `unknown-run`, or `run-record` when the record is damaged or of a newer version. */
  async read(id: string): Promise<RunRecord> {
    const text = RUN_ID.test(id) ? await readFile(this.path(id), 'utf8').catch(() => undefined) : undefined;
    if (text === undefined) throw unknownRun(id, await this.list());
    return parse(text, this.path(id));
  }

  /** The ids of all runs, oldest first. */
  async list(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -'.jsonl'.length))
      .sort();
  }

  private path(id: string): string {
    if (!RUN_ID.test(id)) throw unknownRun(id, []);
    return join(this.folder, `${id}.jsonl`);
  }
}

/** The runs most like it, else the latest. */
function unknownRun(id: string, ids: readonly string[]): Problem {
  const like = nearest(id, ids);
  const next = like.length > 0 ? `did you mean ${quoted(like)}?` : `the latest are ${quoted(ids.slice(-3))}`;
  return new Problem('unknown-run', `there is no run \`${id}\``, {
    next: ids.length === 0 ? 'nothing was run yet: `hikeshi fix` makes runs' : next,
    exit: 'badUsage',
  });
}

/** A torn last line (the machine died while writing it) is dropped: what it would have said was not acknowledged. */
function parse(text: string, path: string): RunRecord {
  const lines = text.split('\n');
  const values: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      if (index < lines.length - 1) throw damaged(path, `line ${index + 1} is not JSON`);
    }
  }
  const [header, ...entries] = values as [RunHeader | undefined, ...RunEntry[]];
  if (header?.kind !== 'run') throw damaged(path, 'its first line is not a run header');
  if (header.version !== VERSION) throw damaged(path, `it is of version ${String(header.version)}`);
  return { header, entries };
}

function damaged(path: string, why: string): Problem {
  return new Problem('run-record', `\`${path}\` cannot be read: ${why}`, {
    next: 'compare the resource with the record by hand; nothing was changed now',
    exit: 'badConfiguration',
  });
}

/** Where a run stands, read from its entries. */
export function stateOf({ entries }: RunRecord): RunState {
  const ended = entries.findLast((entry) => entry.kind === 'ended');
  const undoing = entries.some((entry) => entry.kind === 'undo-intent');
  if (ended?.kind === 'ended') {
    if (ended.verb === 'undo') return ended.outcome.status === 'complete' ? 'undone' : 'stopped';
    if (undoing) return 'interrupted';
    return ended.outcome.status === 'complete' ? 'applied' : 'stopped';
  }
  if (entries.some((entry) => entry.kind === 'declined')) return 'declined';
  return entries.some((entry) => entry.kind === 'intent') ? 'interrupted' : 'proposed';
}

/** The journal entries among a run's entries. */
export function journalOf({ entries }: Pick<RunRecord, 'entries'>): JournalEntry[] {
  const own = new Set(['approved', 'declined', 'planned-again', 'verified', 'ended', 'attested']);
  return entries.filter((entry) => !own.has(entry.kind)) as JournalEntry[];
}
