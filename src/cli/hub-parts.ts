import { Problem } from '../base/problem.js';
import { openHubRuns } from '../engine/hub/hub-runs.js';
import { demoWorld, scannedWorld } from '../engine/hub/hub-world.js';
import { demoEstate } from '../engine/hub/load-demo.js';
import type { HubGround, HubParts } from '../engine/hub/open-hub.js';
import type { Responses } from '../engine/respond/responses.js';
import type { Estate } from '../estate/estate.js';
import type { FindingHub } from '../findings/hub/finding-hub.js';
import { PostgresFindingHub } from '../store/postgres/findings/postgres-finding-hub.js';
import type { FindingRules } from '../store/postgres/findings/rules.js';
import type { Implementation } from '../twin/implement.js';

/** What decides: rules, custom actions, and where events come in. */
export interface Deciding extends Pick<HubParts, 'rules' | 'actions' | 'intake' | 'probes'> {
  readonly close: () => Promise<void>;
}

/** What a hub is put together of. */
export interface HubPieces {
  /** What AWS says of findings. */
  readonly findingRules: FindingRules;
  readonly securityHub: (findings: FindingHub) => Implementation;
  readonly deciding: (
    ground: HubGround,
    parts: { readonly findings: FindingHub; readonly responses: Responses },
  ) => Promise<Deciding>;
}

/** What a hub is made of besides its server. */
export interface HubAssembly {
  readonly parts: (ground: HubGround) => Promise<HubParts>;
  readonly securityHub: (findings: FindingHub) => Implementation;
  /** The estate of the demo, where it is one. */
  readonly demo?: Estate;
}

export interface AssembleOptions {
  readonly demo: boolean;
  /** Told what people are to know, and what failed in the background. */
  readonly tell: (text: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Findings in PostgreSQL, runs by a worker in this process, and what decides on top of both. */
export function assembled(pieces: HubPieces, { demo, tell, onError }: AssembleOptions): HubAssembly {
  const estate = demo ? demoEstate(new Date()) : undefined;
  return {
    securityHub: pieces.securityHub,
    ...(estate === undefined ? {} : { demo: estate }),
    parts: async (ground) => {
      const findings = new PostgresFindingHub(ground.database, pieces.findingRules);
      const world = estate === undefined ? scannedWorld(ground.home) : demoWorld(estate, ground.clock);
      const notifications = {
        tell: (kind: string, { id, finding }: { id: string; finding: { controlId: string; resourceArn: string } }) => {
          tell(`${kind}: run ${id} for ${finding.controlId} ${finding.resourceArn}`);
          return Promise.resolve();
        },
      };
      const runs = await openHubRuns(ground, findings, world, { notifications, onError });
      try {
        const { close, ...deciding } = await pieces.deciding(ground, { findings, responses: runs.responses });
        return {
          findings,
          responses: runs.responses,
          ...deciding,
          close: async () => {
            await close();
            await runs.close();
          },
        };
      } catch (error) {
        await runs.close();
        throw error;
      }
    },
  };
}

/** @throws Problem `hub-incomplete` in a build that lacks a piece. */
export function hubAssembly(_options: AssembleOptions): HubAssembly {
  throw new Problem('hub-incomplete', 'this build has no rules of findings and no deciding, which `serve` needs', {
    next: 'install a release',
  });
}
