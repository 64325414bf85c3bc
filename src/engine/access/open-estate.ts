import { Problem } from '../../base/problem.js';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import type { Estate } from '../../estate/estate.js';
import { Snapshot } from '../../estate/snapshot.js';
import type { Home } from '../../store/home.js';

/** Which estate is asked about: a file, the demo organization, or what the last scan read. */
export type EstateSource =
  | { readonly kind: 'snapshot'; readonly path: string }
  | { readonly kind: 'demo'; readonly accounts: number; readonly seed: number }
  | { readonly kind: 'lastScan' };

/**
 * Opens an estate whole: questions about access need all accounts at once.
 *
 * @throws Problem `not-scanned` when there is no scan yet; those of `Snapshot.open`.
 */
export async function openEstate(source: EstateSource, home: Home, now: Date): Promise<Estate> {
  switch (source.kind) {
    case 'snapshot':
      return (await Snapshot.open(source.path)).whole();
    case 'demo':
      return demoOrganization({ accounts: source.accounts, seed: source.seed, now });
    case 'lastScan': {
      const [newest] = (await home.scans()).sort((a, b) => (a.scannedAt < b.scannedAt ? 1 : -1));
      if (newest !== undefined) return (await Snapshot.open(newest.snapshot)).whole();
      throw new Problem('not-scanned', `no scan is kept in \`${home.path}\``, {
        next: 'run `hikeshi scan` first, or give --estate FILE or --demo',
        exit: 'badUsage',
      });
    }
  }
}
