import type { Clock } from '../../base/ports.js';
import type { Home } from '../../store/home.js';
import { hubSecret } from '../../store/postgres/access/hub-secret.js';
import { PostgresAccess } from '../../store/postgres/access/postgres-access.js';
import { openDatabase, type Database } from '../../store/postgres/database.js';
import { startEmbedded } from '../../store/postgres/launcher.js';
import { migrate } from '../../store/postgres/migration.js';
import { Ledger } from '../attest/ledger.js';
import { ledgerKey } from '../attest/signing-key.js';
import { openRootKey } from '../keys/open-keys.js';
import { firstToken } from './first-token.js';
import type { Hub, Organization, Probe } from './hub.js';
import { LedgerAudit } from './ledger-audit.js';
import { defaultHubRetention, keepRetention, type HubRetention } from './retention-chores.js';
import { ScannedOrganization } from './scanned-organization.js';
import { liftSuppressions } from './suppress-findings.js';
import { Tokens } from './tokens.js';

/** What the parts of a hub stand on. */
export interface HubGround {
  readonly home: Home;
  readonly database: Database;
  readonly ledger: Ledger;
  readonly organization: Organization;
  readonly clock: Clock;
}

/** What findings, runs and rules are kept by and worked on. */
export interface HubParts extends Omit<
  Hub,
  'access' | 'tokens' | 'audit' | 'organization' | 'probes' | 'clock' | 'version'
> {
  readonly probes?: readonly Probe[];
  /** Ends what works in the background, and waits for it. */
  close(): Promise<void>;
}

export interface OpenHubOptions {
  readonly home: Home;
  /** A PostgreSQL of the user's; an embedded one of the home unless told. */
  readonly databaseUrl?: string;
  readonly clock: Clock;
  readonly version: string;
  readonly parts: (ground: HubGround) => Promise<HubParts>;
  /** How long what is over is kept; `defaultHubRetention` unless told. */
  readonly retention?: HubRetention;
  /** Told of what failed in the background. */
  readonly onError: (error: unknown) => void;
}

export interface OpenHub {
  readonly hub: Hub;
  /** Whether the database is the home's own. */
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** Between two looks for suppressions and sessions that are over. */
const CHORES_MS = 60_000;
/** Nonces are kept longer than an event may be late: none can come twice. */
const NONCE_MS = 15 * 60 * 1000;

/** Opens a hub: its database with today's schema, its secret, its ledger, its parts. What it opened it closes, last first. */
export async function openHub(options: OpenHubOptions): Promise<OpenHub> {
  const { home, clock, version, parts: partsOf } = options;
  const opened: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each();
  };
  try {
    const embedded = options.databaseUrl === undefined ? await startEmbedded(home.postgres) : undefined;
    // One that ran already belongs to somebody else, who may still need it.
    if (embedded?.reused === false) opened.push(() => embedded.stop());
    const database = await openDatabase(options.databaseUrl ?? embedded?.url ?? '');
    opened.push(() => database.close());
    await migrate(database);
    const secret = await hubSecret(database, await openRootKey(home), 'tokens');
    const access = new PostgresAccess(database);
    const tokens = new Tokens(access, secret, clock);
    await firstToken(tokens, home.hub);
    const ledger = await Ledger.open(home, (before) => ledgerKey(home, before));
    opened.push(() => ledger.close());
    const organization = await ScannedOrganization.read(home, database);
    const parts = await partsOf({ home, database, ledger, organization, clock });
    opened.push(() => parts.close());
    const { findings, importLines, responses, policy, waves, rules, actions, intake, backlog } = parts;
    const audit = new LedgerAudit(ledger, options);
    opened.push(() => audit.end());
    const probe: Probe = { name: 'database', check: async () => void (await database.query('select 1')) };
    const hub: Hub = {
      ...{ findings, importLines, responses, policy, waves, rules, actions, intake, backlog },
      ...{ access, tokens, organization, clock, version },
      audit,
      probes: [probe, ...(parts.probes ?? [])],
    };
    opened.push(chores(hub, options.onError));
    opened.push(keepRetention(database, options.retention ?? defaultHubRetention, clock, options.onError));
    return { hub, embedded: embedded !== undefined, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** Opens findings whose suppression is over, and forgets what is over of sessions and nonces. @returns what ends it. */
function chores({ findings, access, clock }: Hub, onError: (error: unknown) => void): () => Promise<void> {
  let working: Promise<void> = Promise.resolve();
  const work = async () => {
    const now = clock();
    await access.forget(now, new Date(now.getTime() - NONCE_MS));
    await liftSuppressions(findings, now);
  };
  const begin = () => {
    working = working.then(work).catch(onError);
  };
  begin();
  const timer = setInterval(begin, CHORES_MS);
  return () => {
    clearInterval(timer);
    return working;
  };
}
