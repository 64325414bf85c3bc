import { connect } from '../../aws/send.js';
import type { Clock } from '../../base/ports.js';
import { Problem } from '../../base/problem.js';
import type { Estate } from '../../estate/estate.js';
import { Fork } from '../../estate/fork.js';
import { Snapshot } from '../../estate/snapshot.js';
import { homeRegion } from '../../reference/partitions.js';
import type { Home, ScanRecord } from '../../store/home.js';
import { inProcessDoor } from '../../twin/in-process-door.js';
import { Twin } from '../../twin/twin.js';
import { openConnection, type OpenConnection } from '../connect/open.js';
import type { HubWorld } from './hub-runs.js';

/** Estates kept in memory at once: those of the last scans of as many organizations. */
const ESTATES_MAX = 4;

/** The world as the scans on this machine found it: their estates, and the way that they came. */
export function scannedWorld(home: Home): HubWorld {
  const estates = new Map<string, Promise<Estate>>();
  const connections = new Map<string, Promise<OpenConnection>>();
  return {
    estate: async (accountId) => {
      const { snapshot } = await home.scanOf(accountId);
      const known = estates.get(snapshot) ?? Snapshot.open(snapshot).then((opened) => opened.whole());
      estates.delete(snapshot);
      estates.set(snapshot, known);
      const oldest = estates.keys().next().value;
      if (estates.size > ESTATES_MAX && oldest !== undefined) estates.delete(oldest);
      known.catch(() => estates.delete(snapshot));
      return known;
    },
    connection: async (accountId) => {
      const scan = await home.scanOf(accountId, ({ reach }) => reach !== undefined);
      const key = JSON.stringify(scan.reach);
      const opening = connections.get(key) ?? openConnection(reachOf(scan));
      connections.set(key, opening);
      opening.catch(() => connections.delete(key));
      const { send, caller } = await opening;
      return { send, caller: caller.arn };
    },
    close: () => {
      for (const opening of connections.values()) void opening.then(({ close }) => close()).catch(() => undefined);
    },
  };
}

function reachOf({ reach }: ScanRecord) {
  if (reach !== undefined) return reach;
  throw new Problem('not-reachable', 'the account was read from a file: there is no way to it', {
    next: 'run `hikeshi scan` on the account itself',
    exit: 'badUsage',
  });
}

/** The world of the demo: an estate in memory, and a twin of it in this process that takes the changes. */
export function demoWorld(estate: Estate, clock: Clock): HubWorld {
  const twin = new Twin({ estate: new Fork(estate), clock });
  const { send, close } = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: homeRegion(estate.header.partition),
    endpoint: 'https://twin.invalid',
    door: inProcessDoor(twin),
    polite: false,
    pace: { nowMs: () => clock().getTime(), sleep: () => Promise.resolve() },
  });
  return {
    // As the twin is now: what one run changed, the next one starts from.
    estate: () => Promise.resolve(new Fork(twin.estate)),
    connection: (accountId) => Promise.resolve({ send, caller: twin.rootCredential(accountId).caller.arn }),
    close,
  };
}
