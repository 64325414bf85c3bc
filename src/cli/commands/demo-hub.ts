import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, Problem } from '../../base/problem.js';
import { isOwnTrailAtHome } from '../../controls/cloudtrail/ownership.js';
import type { OpenConnection } from '../../engine/connect/open.js';
import { restoreTrails } from '../../engine/hub/call-events.js';
import type { DemoWorld } from '../../engine/hub/demo-world.js';
import { hubParts } from '../../engine/hub/hub-parts.js';
import { loadScan } from '../../engine/hub/load-scan.js';
import { openHub, type OpenHub } from '../../engine/hub/open-hub.js';
import type { ResponseDetail, ResponseState } from '../../engine/respond/responses.js';
import { keepEstate } from '../../engine/scan/keep-estate.js';
import type { ScanResult } from '../../engine/scan/scan.js';
import type { Resource } from '../../estate/estate.js';
import type { Home } from '../../store/home.js';
import { RuleBook } from '../../store/postgres/events/rule-book.js';
import type { Terminal } from '../terminal.js';
import { version } from '../version.js';

const RESPONSE_MS_MAX = 60_000;
const LOOK_MS = 50;
const ENDED: ReadonlySet<ResponseState> = new Set([
  'resolved',
  'still-open',
  'stopped',
  'refused',
  'would-not-close',
  'cancelled',
]);

/** The demo's hub on a database of its own, with what the scan found; undefined, and why, where no PostgreSQL can be run. */
export async function openDemoHub(
  terminal: Terminal,
  home: Home,
  world: DemoWorld,
  result: ScanResult,
): Promise<OpenHub | undefined> {
  const clock = () => new Date();
  const onError = (error: unknown) => terminal.err(`hub: ${messageOf(error)}\n`);
  const names = new Map(result.header.accounts.map(({ accountId, name }) => [accountId, name]));
  terminal.err('starting the hub on a PostgreSQL of its own …\n');
  try {
    return await openHub({
      home,
      clock,
      version,
      onError,
      parts: async (ground) => {
        const parts = await hubParts(ground, { reach: world.reach, onError });
        await keepEstate(ground.database, result.snapshot);
        await new RuleBook(ground.database).putRule(restoreTrails.name, restoreTrails, 'demo', clock());
        const nameOf = (accountId: string) => names.get(accountId) ?? accountId;
        await loadScan(parts.findings, result.findings, { partition: result.header.partition, now: clock(), nameOf });
        world.tell(parts.intake, onError);
        return parts;
      },
    });
  } catch (error) {
    if (!(error instanceof Problem) || !['no-postgres', 'postgres-failed'].includes(error.code)) throw error;
    terminal.err(`the hub was left out: ${error.message}\nnext: ${error.next ?? ''}\n`);
    return undefined;
  }
}

/** Somebody switches a trail off, and the hub switches it on again: from the event to the ledger, before the user's eyes. */
export async function attackAndRecover(
  terminal: Terminal,
  { hub }: OpenHub,
  connection: OpenConnection,
  world: DemoWorld,
): Promise<void> {
  const { bold, green, red } = terminal.paint;
  const trail = trailToStop(world);
  const target = { accountId: trail.accountId, region: trail.region };
  const call = (operation: string) =>
    connection.send({ ...target, service: 'cloudtrail', operation, input: { Name: trail.arn } });
  terminal.out(`\n${bold('An intruder switches off a record:')} cloudtrail:StopLogging on ${trail.arn}\n`);
  const startedMs = performance.now();
  await call('StopLogging');
  const run = await responseTo(hub.responses, trail.arn, startedMs);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const isLogging = (await call('GetTrailStatus'))['IsLogging'] === true;
  if (run?.state !== 'resolved' || !isLogging) {
    throw new Problem(
      'demo-failed',
      `the demo’s trail was not put back: ${run === undefined ? 'no run' : `${run.state}, ${run.reason ?? ''}`}`,
      {
        next: 'this is a bug; please report it',
      },
    );
  }
  const { event } = run.origin;
  terminal.out(
    [
      `  ${red('!')} seen    ${event?.by ?? 'somebody'} called ${event?.name ?? 'it'} from ${event?.sourceIp ?? 'somewhere'}`,
      `  ${green('✓')} decided rule ${restoreTrails.name}: automatic, risk ${run.risk ?? '?'}`,
      `  ${green('✓')} planned ${run.plan?.steps.map(({ title }) => title).join(', ') ?? ''}; the rehearsal closed it`,
      `  ${green('✓')} applied and verified on fresh reads, ${seconds} s after the call (${run.id})`,
      `  ${green('✓')} attested, ledger entries ${(run.attestations ?? []).map(({ index }) => index ?? 'pending').join(' and ')}`,
      '',
    ].join('\n'),
  );
}

/** A trail that is logging, of the account that owns it, at its home. */
function trailToStop({ served }: DemoWorld): Resource<'AWS::CloudTrail::Trail'> {
  for (const trail of served.twin.estate.list('AWS::CloudTrail::Trail')) {
    const { Status, IsOrganizationTrail } = trail.configuration;
    if (isOwnTrailAtHome(trail) && Status?.IsLogging === true && IsOrganizationTrail !== true) return trail;
  }
  throw new Problem('demo-failed', 'no account of the demo has a trail of its own that is logging', {
    next: 'choose another --seed',
  });
}

async function responseTo(
  responses: OpenHub['hub']['responses'],
  arn: string,
  startedMs: number,
): Promise<ResponseDetail | undefined> {
  const since = new Date(Date.now() - (performance.now() - startedMs)).toISOString();
  for (;;) {
    const { runs } = await responses.list({ controlId: 'Hikeshi.CloudTrail.1', limit: 20 });
    const own = runs.find(({ finding, requestedAt }) => finding.resourceArn === arn && requestedAt >= since);
    const late = performance.now() - startedMs > RESPONSE_MS_MAX;
    if (own !== undefined && (ENDED.has(own.state) || late)) {
      const run = await responses.show(own.id);
      // The approval and the run: each is in the ledger a moment after it is in the database.
      const { attestations = [] } = run;
      const attested = attestations.length >= 2 && attestations.every(({ index }) => index !== undefined);
      if (attested || late) return run;
    }
    if (late) return undefined;
    await pause(LOOK_MS);
  }
}
