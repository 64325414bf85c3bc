import type { Json } from '../../base/json.js';
import { ApiError } from '../../reference/api-error.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import type { World } from '../../playbooks/execute.js';
import type { JournalEntry } from '../../playbooks/journal.js';
import { appendEntry, appendUnlessHeld, Fenced, readHold, type Hold } from '../../store/postgres/runs/run-journal.js';
import { takeTokens } from '../../store/postgres/runs/token-bucket-table.js';
import type { RunEntry } from '../../store/run-file.js';
import type { RunContext } from './run-context.js';
import type { ResponseSettings } from './settings.js';

/** A worker that did nothing for so long asks whether the run is still its own before it calls. */
const ASLEEP_MS = 2000;

/** What of a service's answer must not be kept. */
const SECRETS =
  /^(SecretAccessKey|SessionToken|SecretString|SecretBinary|Password|PrivateKey|Plaintext|AuthorizationToken)$/i;

export interface RunWorldOptions {
  readonly runId: string;
  readonly epoch: number;
  /** How many entries the run's journal has. */
  readonly entries: number;
  readonly settings: ResponseSettings;
  readonly send: Send;
  /** A run that is undone is not held back: taking back is what a person does who pulled the switch. */
  readonly verb: 'apply' | 'undo';
}

/**
 * The world of a run: its journal in the database, fenced by the run's epoch. Before each intent it is asked whether the
 * run may go on, and what was asked is not acted upon when it has become old: a worker that was frozen in between asks
 * again before it calls.
 */
export function runWorld(context: RunContext, options: RunWorldOptions): World {
  const { database, ports } = context;
  const { runId, epoch, settings, send } = options;
  let seq = options.entries;
  let askedMs = 0;
  let changing: ApiCall | undefined;
  const ask = async (call: ApiCall): Promise<void> => {
    const nowMs = ports.now().getTime();
    const hold = await readHold(database, runId, epoch);
    if (hold.fenced) throw new Fenced(runId, epoch);
    askedMs = nowMs;
    if (options.verb === 'apply') heed(hold, call);
  };
  const append = async (entry: RunEntry): Promise<void> => {
    if (options.verb === 'undo' || entry.kind !== 'intent') return appendEntry(database, runId, epoch, seq, entry);
    heed(await appendUnlessHeld(database, runId, epoch, seq, entry), entry.call);
  };
  return {
    sleep: (milliseconds) => ports.sleep(milliseconds),
    send: async (call, onAnswer) => {
      if (changing !== undefined) {
        await awaitTokens(context, settings, call);
        if (Math.abs(ports.now().getTime() - askedMs) > ASLEEP_MS) await ask(changing);
      }
      return send(call, onAnswer);
    },
    journal: {
      write: async (entry) => {
        changing = undefined;
        const now = ports.now();
        await append({ ...withoutSecrets(entry), at: now.toISOString() });
        seq += 1;
        askedMs = now.getTime();
        if (entry.kind === 'intent') changing = entry.call;
        if (entry.kind === 'undo-intent') changing = entry.calls[0];
      },
    },
  };
}

/**
 * Throws what holds a run back. Without a status, as where no answer came: whether an earlier attempt took effect stays as
 * open as it was.
 */
function heed({ killedBy, cancelledBy }: Hold, call: ApiCall): void {
  if (killedBy !== undefined) throw new ApiError(call, 'KillSwitch', `engaged by ${killedBy}`);
  if (cancelledBy !== undefined) throw new ApiError(call, 'Cancelled', `by ${cancelledBy}`);
}

/** Waits for the tokens that all workers share, where a rate is set for the service. */
async function awaitTokens({ database, ports }: RunContext, settings: ResponseSettings, call: ApiCall): Promise<void> {
  const rate = settings.rates.find(({ service }) => service === undefined || service === call.service);
  if (rate === undefined) return;
  const name = `${call.accountId}/${call.region}/${call.service}`;
  const waitMs = await takeTokens(database, name, rate, ports.now());
  if (waitMs > 0) await ports.sleep(waitMs);
}

function withoutSecrets(entry: JournalEntry): JournalEntry {
  return entry.kind === 'done' ? { ...entry, output: redact(entry.output) } : entry;
}

function redact(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(redact);
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(
    members.map(([name, member]) => [name, SECRETS.test(name) ? '(not kept)' : redact(member)]),
  );
}
