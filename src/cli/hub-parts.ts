import { Problem } from '../base/problem.js';
import type { HubGround, HubParts } from '../engine/hub/open-hub.js';
import type { FindingHub } from '../findings/hub/finding-hub.js';
import type { Implementation } from '../twin/implement.js';

/** What a hub is made of besides its server: one place, so that there is one thing to put together. */
export interface HubAssembly {
  readonly parts: (ground: HubGround) => Promise<HubParts>;
  readonly securityHub: (findings: FindingHub) => Implementation;
}

/** @throws Problem `hub-incomplete` in a build that has no store of findings and no runs. */
export function hubAssembly(): HubAssembly {
  throw new Problem('hub-incomplete', 'this build has the server of a hub, and not its findings, runs and rules', {
    next: 'install a release',
  });
}
