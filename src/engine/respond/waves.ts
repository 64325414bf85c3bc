import { Problem } from '../../base/problem.js';
import {
  closeWave,
  countWaveRuns,
  heldByBreaker,
  insertWave,
  lockWave,
  readWave,
  readWaves,
  type WaveRow,
} from '../../store/postgres/runs/wave-table.js';
import type { Scope } from '../scope/scope.js';
import { afterGrace } from './grace.js';
import { askForOpen, shortOf, type AskContext, type Asked } from './ask-for-open.js';
import type { Responder, ResponseMode, Responses } from './responses.js';
import { brokenWave } from './wave-hold.js';

/** What ends a wave early, and how fast it goes. */
export interface WaveLimits {
  /** Runs that may begin in any hour; no limit unless told. */
  readonly perHourMax?: number;
  /** From 0 to 1: of the runs that ended, the share that may not have resolved their finding. */
  readonly failureRateMax: number;
  /** The share is looked at once so many have ended. */
  readonly failuresAfter: number;
}

/** Many runs that are one undertaking. */
export interface Wave extends WaveLimits {
  readonly id: string;
  readonly startedBy: string;
  readonly startedAt: string;
  /** Its breaker is open: none of its runs begins. */
  readonly broken?: { readonly at: string; readonly reason: string };
  /** A person let it go on. */
  readonly closed?: { readonly at: string; readonly by: string };
  /** How many of its runs are in each state. */
  readonly runs: Readonly<Record<string, number>>;
}

export interface WaveWish {
  readonly scope: Scope;
  readonly mode: ResponseMode;
  /** Not applied before so many days; the owner is warned first. */
  readonly graceDays?: number;
  /** 1 to 1000 at a time: ask again while there is more. */
  readonly runsMax: number;
}

/** The use cases of waves. */
export interface Waves {
  /** Makes a wave: runs that name it are held to its limits. @throws Problem `wave-exists`. */
  start(id: string, limits: WaveLimits, by: Responder): Promise<Wave>;
  /** Asks for a run of the wave for each open finding in a scope. Asking again goes on where it ended. */
  ask(id: string, wish: WaveWish, by: Responder): Promise<Asked>;
  /** Newest first. */
  list(most: number): Promise<readonly Wave[]>;
  /** @throws Problem `unknown-wave`. */
  show(id: string): Promise<Wave>;
  /** Closes the breaker, and resumes what it stopped. What failed before does not count any more. */
  goOn(id: string, by: Responder): Promise<{ readonly resumed: number; readonly more: boolean }>;
}

/** So many runs are resumed in one go. */
const RESUMED_AT_ONCE = 1000;

/** Waves of runs on a database that workers share. */
export function openWaves(context: AskContext, responses: Responses): Waves {
  const { database, ports } = context;
  const show = async (id: string): Promise<Wave> => {
    const row = await readWave(database, id);
    if (row === undefined) throw unknownWave(id);
    return viewOf(row, await countWaveRuns(database, [id]));
  };
  return {
    show,
    async start(id, limits, by) {
      const { perHourMax, failureRateMax, failuresAfter } = limits;
      const startedAt = ports.now().toISOString();
      const made = await insertWave(database, {
        id,
        perHourMax,
        failureRateMax,
        failuresAfter,
        startedBy: by.name,
        startedAt,
      });
      if (!made) {
        throw new Problem('wave-exists', `there is a wave \`${id}\` already`, {
          next: 'choose another name, or ask for more runs of that one',
          exit: 'badUsage',
        });
      }
      return show(id);
    },
    async ask(id, { scope, mode, runsMax, graceDays }, by) {
      await show(id);
      return askForOpen(context, {
        scope,
        runsMax,
        request: (finding) => ({
          id: `wave-${id}-${shortOf(finding)}`,
          finding,
          mode,
          requestedBy: by.name,
          origin: { kind: 'wave', name: id },
          wave: id,
          ...afterGrace(graceDays, ports.now()),
        }),
      });
    },
    async list(most) {
      const rows = await readWaves(database, most);
      const counts = await countWaveRuns(
        database,
        rows.map(({ id }) => id),
      );
      return rows.map((row) => viewOf(row, counts));
    },
    goOn: (id, by) => goOn(context, responses, id, by),
  };
}

async function goOn(
  { database, ports }: AskContext,
  responses: Responses,
  id: string,
  by: Responder,
): Promise<{ resumed: number; more: boolean }> {
  const held = await database.transaction(async (client) => {
    if ((await lockWave(client, id)) === undefined) throw unknownWave(id);
    await closeWave(client, id, ports.now().toISOString(), by.name);
    return heldByBreaker(client, id, brokenWave(id), RESUMED_AT_ONCE);
  });
  let resumed = 0;
  for (const run of held) {
    try {
      await responses.resume(run, by);
      resumed += 1;
    } catch (error) {
      // Somebody else was quicker with this one.
      if (!(error instanceof Problem && error.code === 'not-possible-now')) throw error;
    }
  }
  return { resumed, more: held.length === RESUMED_AT_ONCE };
}

function viewOf(row: WaveRow, counts: readonly { wave: string; state: string; count: number }[]): Wave {
  const { id, perHourMax, failureRateMax, failuresAfter, startedBy, startedAt } = row;
  const { brokenAt, brokenReason, closedAt, closedBy } = row;
  const own = counts.filter(({ wave }) => wave === id);
  return {
    id,
    ...(perHourMax === undefined ? {} : { perHourMax }),
    failureRateMax,
    failuresAfter,
    startedBy,
    startedAt,
    ...(brokenAt === undefined || brokenReason === undefined ? {} : { broken: { at: brokenAt, reason: brokenReason } }),
    ...(closedAt === undefined || closedBy === undefined ? {} : { closed: { at: closedAt, by: closedBy } }),
    runs: Object.fromEntries(own.map(({ state, count }) => [state, count])),
  };
}

const unknownWave = (id: string): Problem =>
  new Problem('unknown-wave', `there is no wave \`${id}\``, {
    exit: 'badUsage',
    next: '`hikeshi waves list` shows them',
  });
