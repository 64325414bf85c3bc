import { Problem } from '../base/problem.js';
import type { ResponsePolicy } from '../engine/hub/hub.js';
import type { KeptSettings } from '../engine/respond/manage-responses.js';
import { readResponseSettings } from '../engine/respond/read-settings.js';
import { defaultSettings } from '../engine/respond/settings.js';
import type { Wave, Waves } from '../engine/respond/waves.js';

export function memoryPolicy(now: () => Date): ResponsePolicy {
  let kept: KeptSettings = { version: 0, settings: defaultSettings };
  return {
    read: () => Promise.resolve(kept),
    write: (document, over, by) => {
      if (over !== kept.version) return Promise.reject(new Problem('settings-changed', 'somebody was first'));
      kept = { version: over + 1, settings: readResponseSettings(document), by, at: now().toISOString() };
      return Promise.resolve(kept);
    },
  };
}

/** Waves that keep their limits and ask for nothing. */
export function memoryWaves(now: () => Date): Waves {
  const waves = new Map<string, Wave>();
  const find = (id: string): Promise<Wave> => {
    const wave = waves.get(id);
    return wave === undefined ? Promise.reject(new Problem('unknown-wave', `no wave ${id}`)) : Promise.resolve(wave);
  };
  return {
    start: (id, limits, by) => {
      if (waves.has(id)) return Promise.reject(new Problem('wave-exists', `there is a wave ${id}`));
      const wave = { id, ...limits, startedBy: by.name, startedAt: now().toISOString(), runs: {} };
      waves.set(id, wave);
      return Promise.resolve(wave);
    },
    ask: async (id) => {
      await find(id);
      return { asked: 2, answered: 1, unknown: 0, more: false };
    },
    list: () => Promise.resolve([...waves.values()]),
    show: find,
    goOn: async (id) => {
      await find(id);
      return { resumed: 0, more: false };
    },
  };
}
