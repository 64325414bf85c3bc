import { hubParts, type HubPartsOptions } from '../engine/hub/hub-parts.js';
import type { HubGround, HubParts } from '../engine/hub/open-hub.js';
import type { FindingHub } from '../findings/hub/finding-hub.js';
import type { Implementation } from '../twin/implement.js';
import { securityHubService } from '../twin/services/securityhub/service.js';

/** What a hub is made of besides its server: one place, so that there is one thing to put together. */
export interface HubAssembly {
  readonly parts: (ground: HubGround) => Promise<HubParts>;
  readonly securityHub: (findings: FindingHub) => Implementation;
}

/** The hub as it is shipped. Its Security Hub is always enabled; what a caller may see is decided by the door. */
export function hubAssembly(options: HubPartsOptions): HubAssembly {
  return {
    parts: (ground) => hubParts(ground, options),
    securityHub: (findings) => securityHubService({ findings: () => findings, enabled: () => true }),
  };
}
