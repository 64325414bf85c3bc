import { controls } from '../../controls/catalogue.js';
import { evaluateAccount } from '../../controls/evaluate.js';
import type { Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import { reconcile } from '../../findings/reconcile.js';
import type { CallFacts } from '../../twin/call-record.js';
import { writeEstate } from '../../store/postgres/estates/estate-table.js';
import { RuleBook } from '../../store/postgres/events/rule-book.js';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../twin/serve-twin.js';
import type { Reach } from './account-connections.js';
import { callEvent, restoreTrails } from './call-events.js';
import type { Intake } from './hub.js';
import { loadScan } from './load-scan.js';
import type { HubGround, HubParts } from './open-hub.js';

/** The role that the demo's accounts are entered with: the one Organizations makes. */
export const DEMO_ROLE = 'OrganizationAccountAccessRole';

/** A demo organization that answers the AWS API, and tells a hub of what is done to it. */
export interface DemoWorld {
  readonly served: ServedTwin;
  readonly reach: Reach;
  /** From now on every changing call is an event for this intake. */
  tell(intake: Intake, onError: (error: unknown) => void): void;
}

export async function startDemoWorld(options: {
  accounts: number;
  seed: number;
  port: number;
  now: Date;
}): Promise<DemoWorld> {
  let told: ((call: CallFacts) => void) | undefined;
  const { accounts, seed, port, now } = options;
  const served = await serveTwin({ kind: 'demo', accounts, seed }, port, now, {
    record: (call) => told?.(call),
    event: () => undefined,
  });
  return {
    served,
    reach: {
      orgRole: DEMO_ROLE,
      endpoint: served.door.url,
      credentials: () => Promise.resolve({ accessKeyId: TWIN_ACCESS_KEY, secretAccessKey: TWIN_SECRET_KEY }),
    },
    tell(intake, onError) {
      told = (call) => {
        const event = call.error === undefined ? callEvent(call) : undefined;
        if (event !== undefined) intake.accept(event, 'twin').catch(onError);
      };
    },
  };
}

/** What controls say of an estate, as findings that nobody has seen before. */
export function findingsOfEstate(estate: Estate, now: Date): Finding[] {
  const { partition, accounts } = estate.header;
  const results = accounts.flatMap(({ accountId }) => [...evaluateAccount(estate, accountId, controls, now)]);
  return reconcile([], { partition, now, controls, results, covers: () => false });
}

/** Brings the demo organization into a hub: its estate, its findings, and the rule that puts trails back. */
export async function loadDemoWorld(
  { database, organization, clock }: HubGround,
  { findings, intake }: HubParts,
  world: DemoWorld,
  onError: (error: unknown) => void,
): Promise<number> {
  const { estate } = world.served;
  const { header, gaps } = estate;
  const now = clock();
  const parts = header.accounts.map(({ accountId }) => ({ accountId, resources: estate.all({ accountId }) }));
  await writeEstate(database, header, gaps, parts);
  await new RuleBook(database).putRule(restoreTrails.name, restoreTrails, 'demo', now);
  const nameOf = (accountId: string) => organization.nameOf(accountId);
  const loaded = await loadScan(findings, findingsOfEstate(estate, now), { partition: header.partition, now, nameOf });
  world.tell(intake, onError);
  return loaded;
}
