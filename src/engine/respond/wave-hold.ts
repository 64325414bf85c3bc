import type { Queries } from '../../store/postgres/database.js';
import { breakWave, lockWave, waveProgress } from '../../store/postgres/runs/wave-table.js';

const HOUR_MS = 3600 * 1000;

/** Why a run of a wave does not begin now. */
export type WaveHold =
  | { readonly kind: 'later'; readonly at: string; readonly why: string }
  | { readonly kind: 'broken'; readonly why: string };

/** How the reason begins for which a broken wave's runs are stopped. */
export const brokenWave = (id: string): string => `wave ${id} is broken`;

/**
 * The circuit breaker of a wave, asked before each of its runs begins and with the wave locked, so that no two slip
 * through at once. It breaks when too many of those that ended did not resolve, and stays so until a person closes it.
 */
export async function waveHold(client: Queries, id: string, now: Date): Promise<WaveHold | undefined> {
  const wave = await lockWave(client, id);
  if (wave === undefined) return { kind: 'broken', why: `its wave \`${id}\` is not there` };
  if (wave.brokenReason !== undefined) return { kind: 'broken', why: `${brokenWave(id)}: ${wave.brokenReason}` };
  const progress = await waveProgress(client, wave, new Date(now.getTime() - HOUR_MS).toISOString());
  if (progress.ended >= wave.failuresAfter && progress.failed / progress.ended > wave.failureRateMax) {
    const why = `${progress.failed} of ${progress.ended} runs did not resolve their finding`;
    await breakWave(client, id, now.toISOString(), why);
    return { kind: 'broken', why: `${brokenWave(id)}: ${why}` };
  }
  if (wave.perHourMax !== undefined && progress.beganSince >= wave.perHourMax) {
    const at = new Date(Date.parse(progress.oldest ?? now.toISOString()) + HOUR_MS).toISOString();
    return { kind: 'later', at, why: `wave ${id} has begun ${progress.beganSince} runs in the last hour` };
  }
  return undefined;
}
