import type { Json } from '../base/json.js';
import type { ApiCall } from '../reference/api-call.js';

/** What is known of a failed call. */
export interface CallFailure {
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

/**
 * One line of a run's record of what it did. `intent` is written before a call and `done` (or `failed`) after it, so a
 * run that was killed in between says "this may have happened".
 */
export type JournalEntry =
  | { readonly kind: 'intent'; readonly step: string; readonly call: ApiCall }
  | {
      readonly kind: 'done';
      readonly step: string;
      readonly output: Json;
      /** The request ids under which AWS knows what was called. */
      readonly requestIds?: readonly string[];
      readonly observedOnly?: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly step: string;
      readonly error: CallFailure;
      /** No answer came, or the service failed while working: the call may have taken effect. */
      readonly mayHaveHappened: boolean;
    }
  | { readonly kind: 'settled'; readonly step: string }
  | { readonly kind: 'undo-intent'; readonly step: string; readonly calls: readonly ApiCall[] }
  | { readonly kind: 'undone'; readonly step: string; readonly requestIds?: readonly string[] }
  | { readonly kind: 'undo-failed'; readonly step: string; readonly error: CallFailure };

/** The journal port. `write` returns only once the entry is safe. */
export interface Journal {
  write(entry: JournalEntry): Promise<void>;
}

/** A journal that only remembers: for rehearsals. */
export class MemoryJournal implements Journal {
  readonly entries: JournalEntry[] = [];

  write(entry: JournalEntry): Promise<void> {
    this.entries.push(entry);
    return Promise.resolve();
  }
}

/** Where a run stands, read from its journal. */
export interface Progress {
  /** Steps whose call is known to have happened, with what it answered. */
  readonly done: ReadonlyMap<string, Json>;
  /** The step whose call may or may not have happened: the run was killed, or the answer was lost. */
  readonly uncertain: string | undefined;
  /** Steps whose after-values were seen. */
  readonly settled: ReadonlySet<string>;
  readonly undone: ReadonlySet<string>;
}

/** Reads a journal. A later entry on a step overrides an earlier one. */
export function progressOf(entries: readonly JournalEntry[]): Progress {
  const done = new Map<string, Json>();
  const settled = new Set<string>();
  const undone = new Set<string>();
  let uncertain: string | undefined;
  // An answer takes back its own intent alone: that of an attempt before it may have taken effect all the same.
  let unanswered = 0;
  for (const entry of entries) {
    if (entry.kind === 'intent') {
      unanswered = uncertain === entry.step ? unanswered + 1 : 1;
      uncertain = entry.step;
    } else if (entry.kind === 'done') done.set(entry.step, entry.output);
    else if (entry.kind === 'settled') settled.add(entry.step);
    else if (entry.kind === 'undone') undone.add(entry.step);
    if (uncertain !== (entry as { step?: string }).step) continue;
    if (entry.kind === 'failed' && !entry.mayHaveHappened) unanswered -= 1;
    if (entry.kind === 'done' || unanswered === 0) uncertain = undefined;
  }
  return { done, uncertain, settled, undone };
}
