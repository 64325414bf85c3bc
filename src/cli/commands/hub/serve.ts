import { Option, type Command } from 'commander';
import { messageOf } from '../../../base/problem.js';
import { startDemoWorld, type DemoWorld } from '../../../engine/hub/demo-world.js';
import type { HubPartsOptions } from '../../../engine/hub/hub-parts.js';
import { openHub } from '../../../engine/hub/open-hub.js';
import { defaultHubRetention } from '../../../engine/hub/retention-chores.js';
import { traceRuns } from '../../../server/observe/run-traces.js';
import { openTelemetry } from '../../../server/observe/telemetry.js';
import { checkExposure, startServer, type StartedServer } from '../../../server/start.js';
import type { Home } from '../../../store/home.js';
import { hubAssembly, type HubAssembly } from '../../hub-parts.js';
import { collectName, connectionOptions, homeOf, terminalOf } from '../../options.js';
import type { Terminal } from '../../terminal.js';
import { version } from '../../version.js';
import {
  fingerprintOf,
  importBytesOf,
  oidcOf,
  portOf,
  proxiesOf,
  publicUrlOf,
  retentionOf,
  tlsOf,
  type ServeOptions,
} from './serve-options.js';

const HUB_PORT = '4810';
const days = (name: keyof typeof defaultHubRetention): string => String(defaultHubRetention[name]);

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('the hub: findings, rules, approvals and runs, for people, programs and AWS’s tools')
    .option('--port <n>', 'port; 0 takes any free one', HUB_PORT)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--database-url <url>', 'a PostgreSQL (default: one of its own, in the home)').env(
        'HIKESHI_DATABASE_URL',
      ),
    )
    .option('--aws-port <n>', "a port of its own for AWS's tools (they are answered on --port too)")
    .option('--public-url <url>', 'how browsers reach it, where that is not --host and --port')
    .option('--tls-cert <file>', 'certificate chain, as PEM')
    .option('--tls-key <file>', 'its private key, as PEM')
    .option(
      '--trust-proxy <ranges>',
      'addresses of proxies that end TLS in front (any number of times)',
      collectName,
      [],
    )
    .option('--oidc-issuer <url>', 'people sign in at this provider of OpenID Connect')
    .option('--oidc-client-id <id>', 'as this client; its secret, if it has one, in HIKESHI_OIDC_CLIENT_SECRET')
    .option('--oidc-audience <name>', 'who bearer tokens must be made for (default: the client id)')
    .option('--oidc-groups-claim <name>', 'the claim that lists groups', 'groups')
    .option('--oidc-role <role=group>', 'members of a group have a role (any number of times)', collectName, [])
    .option('--oidc-scope <group=scope>', 'and see only account:ID,unit:NAME (any number of times)', collectName, [])
    .option('--session-minutes <n>', 'a browser stays signed in so long, with the groups it came with', '60')
    .option('--queue <arn>', 'a queue that EventBridge sends events to (deploy/hub-events.json)')
    .option('--import-mb <n>', 'the most megabytes of one import of lines', '4096')
    .option('--keep-findings <days>', 'delete closed findings so long after their last change', days('closedDays'))
    .option('--keep-events <days>', 'delete events, and what rules said of them', days('eventDays'))
    .option('--keep-history <days>', 'delete entries of the history of findings', days('historyDays'))
    .option('--profile <name>', 'AWS profile, for accounts that no scan on this machine has reached')
    .option('--org-role <name>', 'role to enter the accounts of the organization with')
    .option('--external-id <id>', 'external id that role asks for')
    .addOption(new Option('--endpoint-url <url>', 'another server than AWS').env('AWS_ENDPOINT_URL'))
    .option('--demo', 'on a demo organization, whose twin runs beside it')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<ServeOptions>();
      await serveHub(options, terminalOf(options), homeOf(options), hubAssembly, stopped());
    });
}

/** Serves a hub until it is told to stop. */
export async function serveHub(
  options: ServeOptions,
  terminal: Terminal,
  home: Home,
  assemble: (options: HubPartsOptions, demo?: DemoWorld) => HubAssembly,
  untilStopped: Promise<void>,
): Promise<void> {
  // What is wrong on the command line is told before anything is started.
  const [tls, oidc, publicUrl, trustProxy] = [
    tlsOf(options),
    oidcOf(options),
    publicUrlOf(options),
    proxiesOf(options),
  ];
  checkExposure({ host: options.host, trustProxy, ...(tls === undefined ? {} : { tls }) });
  const retention = retentionOf(options);
  const port = portOf('port', options.port);
  const importBytes = importBytesOf(options);
  const awsPort = options.awsPort === undefined ? {} : { awsPort: portOf('aws-port', options.awsPort) };
  const clock = () => new Date();
  const report = (error: unknown, id = 'background') =>
    terminal.err(`${clock().toISOString()} ${id}: ${told(error)}\n`);
  const demo = options.demo === true ? await startDemoWorld({ ...DEMO, now: clock() }) : undefined;
  const telemetry = await openTelemetry(process.env);
  const traced = telemetry === undefined ? {} : { tracing: traceRuns(telemetry) };
  const { parts, securityHub } = assemble({ ...partsOf(options, demo), ...traced, onError: report }, demo);
  const { databaseUrl } = options;
  const database = databaseUrl === undefined ? {} : { databaseUrl };
  const opened = await openHub({ home, ...database, clock, version, parts, retention, onError: report });
  let server: StartedServer | undefined;
  try {
    if (demo !== undefined) terminal.err(`the demo organization answers the AWS API at ${demo.served.door.url}\n`);
    server = await startServer({
      hub: opened.hub,
      securityHub,
      host: options.host,
      port,
      trustProxy,
      streamLimits: { bytesMax: importBytes },
      onError: report,
      ...(telemetry === undefined ? {} : { telemetry }),
      ...awsPort,
      ...(tls === undefined ? {} : { tls }),
      ...(oidc === undefined ? {} : { oidc }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
    });
    const certificate = tls === undefined ? {} : { certificate: fingerprintOf(tls.cert) };
    await home.hub.writeAddress({ url: server.url, pid: process.pid, ...certificate });
    terminal.out(welcome(server, opened.embedded, home, oidc !== undefined));
    await untilStopped;
    terminal.err('stopping; what is under way ends first\n');
  } finally {
    await home.hub.clearAddress(process.pid);
    await server?.close();
    await opened.close();
    await telemetry?.end();
    await demo?.served.door.close();
  }
}

/** Small enough to be there in a second. */
const DEMO = { accounts: 7, seed: 1, port: 0 };

function partsOf(options: ServeOptions, demo: DemoWorld | undefined): Omit<HubPartsOptions, 'onError'> {
  const { profile, orgRole, externalId, endpoint } = connectionOptions(options);
  const given = {
    ...(profile === undefined ? {} : { profile }),
    ...(orgRole === undefined ? {} : { orgRole }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  return { reach: demo?.reach ?? given, ...(options.queue === undefined ? {} : { queueArn: options.queue }) };
}

function welcome({ url, awsUrl }: StartedServer, embedded: boolean, home: Home, signIn: boolean): string {
  return [
    `the hub answers at ${url}${embedded ? ', on a database of its own' : ''}`,
    '',
    'on this machine, no token is needed for:',
    '  hikeshi findings list',
    '  hikeshi import FILE',
    '  hikeshi tokens create --name NAME --role viewer',
    '',
    `the API is described at ${url}/openapi.json${signIn ? `; people sign in at ${url}/login` : ''}`,
    `AWS's tools: \`hikeshi tokens create --kind aws …\`, then --endpoint-url ${awsUrl}`,
    `the first token is in ${home.hub.tokenFile}; it works on this machine only`,
    '',
  ].join('\n');
}

function told(error: unknown): string {
  return process.env['HIKESHI_DEBUG'] !== undefined && error instanceof Error
    ? (error.stack ?? error.message)
    : messageOf(error);
}

/** Until Ctrl-C, or until who started it says so. */
function stopped(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}
