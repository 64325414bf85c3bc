import { dropBox } from './drop-box.js';
import { Plot, type PlantedAccess } from './plot.js';
import { sharedBuckets } from './shared-buckets.js';
import {
  sharedAccessPoints,
  sharedFileSystems,
  sharedRepositories,
  sharedSecrets,
  sharedTables,
} from './shared-data.js';
import { grantedKeys, sharedKeys, sharedRoles } from './shared-identity.js';
import { sharedImages } from './shared-images.js';
import { sharedFunctions, sharedLayers, sharedQueues, sharedTopics } from './shared-messaging.js';
import type { Site } from './site.js';

/** The account that shares: `shared-services` in all but the smallest organizations. */
export function sharingIndex(accounts: number): number {
  return Math.min(4, accounts - 1);
}

/**
 * Resources of every kind that can be shared: some with the world or a partner, some that only look so. One region of
 * one account has them all. It must come last in the account, so that what is random before it stays what it was.
 */
export function sharing(
  site: Site,
  region: string,
  of: { readonly organizationId: string; readonly vpcId: string },
): readonly PlantedAccess[] {
  const plot = new Plot(site, region, of);
  sharedBuckets(plot);
  sharedRoles(plot);
  const keys = sharedKeys(plot);
  sharedQueues(plot);
  sharedTopics(plot);
  sharedFunctions(plot);
  sharedLayers(plot);
  grantedKeys(plot);
  sharedAccessPoints(plot);
  sharedSecrets(plot, keys);
  sharedTables(plot);
  sharedRepositories(plot);
  sharedFileSystems(plot);
  sharedImages(plot);
  dropBox(plot);
  return plot.planted;
}
